/** The quote and the documents: on screen a sheet of paper, in print the sheet itself. */
export const paperStyle = `
.sheet { background: #fff; border: 1px solid var(--line); border-radius: 4px; padding: 1.5rem 1rem; margin: 0 0 1.25rem;
  box-shadow: 0 2px 12px rgb(60 45 20 / .08); position: relative; overflow: hidden; container-type: inline-size; }
.sheet > * { position: relative; }
.sheet h1:not(.document-title), .sheet .paper-title { text-align: center; letter-spacing: .3em; text-indent: .3em; font-size: 1.5rem; margin-bottom: 1.25rem; }
.sheet h2 { font-size: 1rem; border-bottom: 1px solid var(--ink); padding-bottom: .25rem; margin: 1.5rem 0 .5rem; }
.sheet ul { padding-left: 1.25rem; margin: 0 0 .5rem; }
.mark { position: absolute; inset: 0; display: grid; place-items: center; pointer-events: none; font-size: 8rem; font-weight: 700;
  letter-spacing: .2em; color: rgb(118 80 31 / .09); transform: rotate(-24deg); }
.sheet > .mark { position: absolute; }
.parties { display: grid; gap: 1.25rem; }
.recipient { font-size: 1.25rem; font-weight: 700; border-bottom: 1px solid var(--ink); padding-bottom: .25rem; margin-bottom: .75rem; }
.issuer { font-size: .875rem; line-height: 1.6; }
.issuer strong { font-size: 1rem; }
.sum { display: flex; justify-content: space-between; align-items: baseline; gap: 1rem; border: 2px solid var(--ink); padding: .5rem 1rem;
  margin: 1.25rem 0; font-weight: 700; }
.not-orderable { color: var(--red); font-weight: 700; }
.sum b { font-size: 1.5rem; }
.items { width: 100%; border-collapse: collapse; font-size: .9375rem; line-height: 1.5; }
.items th, .items td { border: 1px solid var(--line); padding: .5rem .625rem; text-align: left; vertical-align: top; }
.items thead th { background: var(--ai-pale); font-size: .8125rem; white-space: nowrap; }
.items .n { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
.items tfoot th { text-align: right; font-weight: 400; }
.items tfoot tr:last-child > * { font-weight: 700; border-top: 2px solid var(--ink); }
.paper-facts { font-size: .875rem; margin: 0; display: grid; grid-template-columns: auto 1fr; gap: 0 1rem; }
.paper-facts dt { color: var(--soft); } .paper-facts dd { margin: 0; }
.fine { margin: 1.25rem 0 0; font-size: .8125rem; color: var(--soft); }
@media (max-width: 47.99rem) {
  .items thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  .items tbody tr { display: grid; grid-template-columns: 1fr auto; padding: .625rem 0; border-top: 1px solid var(--line); }
  .items tbody td { border: 0; padding: 0; }
  .items tbody td:first-child { grid-column: 1 / -1; font-weight: 700; }
  .items tbody td[data-label]::before { content: attr(data-label); color: var(--soft); font-size: .8125rem; margin-right: .5rem; }
  .items tbody td.n { text-align: left; }
  .items tbody td.n:last-child { text-align: right; font-weight: 700; }
  .items tfoot tr { display: flex; justify-content: space-between; }
  .items tfoot th, .items tfoot td, .items tfoot tr:last-child > * { border: 0; padding: .375rem 0; }
  .items tfoot tr:last-child { border-top: 2px solid var(--ink); }
  .items, .items tbody, .items tfoot { display: block; }
}
@media (min-width: 48rem) {
  .sheet { padding: 2.5rem; }
}
@container (min-width: 34rem) { .parties { grid-template-columns: minmax(0, 1fr) 17rem; } }
@page { size: A4; margin: 16mm 14mm; }
@media print {
  html { font-size: 12px; }
  body { line-height: 1.55; print-color-adjust: exact; }
  .items { font-size: 11px; }
  .items th, .items td { padding: .3rem .5rem; }
  .sheet h2 { margin-top: 1rem; }
  .sheet { border: 0; box-shadow: none; padding: 0; }
  .masthead, .foot, .sample { display: none; }
  .items tr, .parties, .sum { break-inside: avoid; }
  .items thead { display: table-header-group; }
}`;
