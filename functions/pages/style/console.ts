export const consoleStyle = `
.bar { display: flex; flex-wrap: wrap; align-items: center; justify-content: space-between; gap: .75rem 1.5rem; margin-bottom: 1rem; }
.bar h1 { margin: 0; }
.tabs { display: flex; flex-wrap: wrap; gap: .375rem; list-style: none; padding: 0; margin: 0; }
.tabs a { display: inline-flex; align-items: center; min-height: 44px; padding: 0 .875rem; border-radius: 22px; border: 1px solid var(--line);
  background: #fff; text-decoration: none; }
.tabs a[aria-current] { background: var(--ai); border-color: var(--ai); color: #fff; font-weight: 700; }
.search { display: flex; gap: .5rem; flex-wrap: wrap; }
.search input { flex: 1 1 12rem; width: auto; }
.list { width: 100%; border-collapse: separate; border-spacing: 0; background: var(--card); border: 1px solid var(--line);
  border-radius: 12px; overflow: hidden; font-size: .9375rem; line-height: 1.5; }
.list th, .list td { text-align: left; padding: .625rem .875rem; border-bottom: 1px solid var(--line); vertical-align: top; }
.list thead th { background: var(--kraft-pale); color: var(--kraft-deep); font-size: .8125rem; white-space: nowrap; }
.list tbody tr:last-child > * { border-bottom: 0; }
.list .n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.list tr.overdue > td:first-child { box-shadow: inset 4px 0 var(--red); }
.list td > a { display: inline-block; min-height: 1.75rem; }
.card .list { border-radius: 8px; }
.badge { display: inline-block; border-radius: 4px; padding: 0 .5rem; font-size: .8125rem; line-height: 1.6; font-weight: 700;
  background: #eceae5; color: var(--ink); white-space: nowrap; }
.badge.customer { background: var(--kraft-pale); color: var(--kraft-deep); } .badge.staff { background: var(--ai-pale); color: var(--ai-deep); }
.badge.engineer { background: #ece8f6; color: #4a3484; } .badge.finance, .badge.good { background: var(--green-pale); color: var(--green); }
.badge.bad { background: var(--red-pale); color: var(--red); } .badge.care { background: var(--amber-pale); color: var(--amber); }
.grid2 { display: grid; gap: 1.25rem; grid-template-columns: minmax(0, 1fr); }
section > .list, .note + h2 { margin-bottom: 1.5rem; }
.connection { border-top: 1px solid var(--line); padding-top: 1rem; margin-top: 1rem; }
.connection .choice { margin-bottom: 1rem; }
.card.folded { padding-top: .375rem; padding-bottom: .375rem; margin-bottom: .75rem; }
.card.folded details[open] { padding-bottom: 1rem; }
.timeline { list-style: none; padding: 0; margin: 0; }
.timeline li { position: relative; padding: 0 0 1rem 1.5rem; border-left: 2px solid var(--line); margin-left: .375rem; line-height: 1.5; }
.timeline li::before { content: ""; position: absolute; left: -.45rem; top: .35rem; width: .75rem; height: .75rem; border-radius: 3px;
  background: var(--kraft); }
.timeline li:last-child { border-color: transparent; padding-bottom: 0; }
.timeline time { display: block; color: var(--soft); font-size: .8125rem; }
progress { width: 100%; height: .875rem; appearance: none; border: 0; border-radius: 7px; overflow: hidden; background: #e6e1d8; display: block; }
progress::-webkit-progress-bar { background: #e6e1d8; }
progress::-webkit-progress-value { background: var(--ai); }
progress::-moz-progress-bar { background: var(--ai); }
.counts { display: grid; grid-template-columns: repeat(auto-fit, minmax(5.25rem, 1fr)); gap: .5rem; margin: .75rem 0; }
.counts > div { background: var(--ground); border-radius: 8px; padding: .5rem .625rem; }
.counts dt { font-size: .8125rem; color: var(--soft); line-height: 1.4; } .counts dd { margin: 0; font-weight: 700;
  font-variant-numeric: tabular-nums; }
.counts.cards > div { background: var(--card); border: 1px solid var(--line); }
.counts .bad dd { color: var(--red); }
details > summary { cursor: pointer; min-height: 44px; display: flex; align-items: center; gap: .5rem; font-weight: 700; color: var(--ai); }
details > summary::before { content: "▸"; } details[open] > summary::before { content: "▾"; }
details > summary::-webkit-details-marker { display: none; }
iframe { width: 100%; min-height: 32rem; border: 1px solid var(--line); border-radius: 8px; background: #fff; }
.mail-text { white-space: pre-wrap; font-size: .9375rem; line-height: 1.7; margin: 0; }
@media (max-width: 47.99rem) {
  .list thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  .list, .list tbody { display: block; }
  .list tr { display: grid; grid-template-columns: 1fr; padding: .75rem 0; border-bottom: 1px solid var(--line); }
  .list tbody tr:last-child { border: 0; }
  .list th, .list td { border: 0; padding: .125rem .875rem; display: flex; gap: .75rem; }
  .list td[data-label]::before { content: attr(data-label); flex: none; width: 5.5rem; color: var(--soft); font-size: .8125rem; line-height: 1.75; }
  .list .n { text-align: left; }
  .list tr.overdue { box-shadow: inset 4px 0 var(--red); }
  .list tr.overdue > td:first-child { box-shadow: none; }
}
@media (min-width: 64rem) { .grid2.wide { grid-template-columns: minmax(0, 1fr) 22rem; align-items: start; } }`;
