/**
 * Indigo (藍) and kraft paper: a removal firm's slip on a moving box. Every text colour has at least 4.5:1 on the
 * ground that it stands on, every border of a control 3:1.
 */
export const baseStyle = `
:root {
  --ink: #1f2a36; --soft: #55606c; --ground: #f5f1ea; --card: #fff; --line: #ddd5c8; --edge: #857c6e;
  --ai: #1f4e79; --ai-deep: #173a5a; --ai-pale: #e8f0f7; --kraft: #c49a62; --kraft-deep: #76501f; --kraft-pale: #f6ead9;
  --red: #b01f2e; --red-pale: #fdeeee; --green: #1c6b48; --green-pale: #e7f4ed; --amber: #7a5200; --amber-pale: #fff5dc;
  --sans: "Hiragino Sans", "Hiragino Kaku Gothic ProN", "BIZ UDPGothic", "Yu Gothic Medium", YuGothic, "Noto Sans JP",
    "Noto Sans CJK JP", Meiryo, system-ui, sans-serif;
  --figures: ui-monospace, "SF Mono", Menlo, Consolas, "Noto Sans Mono CJK JP", "Noto Sans Mono", monospace;
}
*, *::before, *::after { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; color-scheme: light; }
body { margin: 0; min-height: 100vh; display: flex; flex-direction: column; background: var(--ground); color: var(--ink); font: 1rem/1.75 var(--sans); line-break: strict;
  overflow-wrap: anywhere; }
h1, h2, h3 { line-height: 1.4; margin: 0 0 .5em; font-weight: 700; text-wrap: balance; word-break: auto-phrase; }
h1 { font-size: 1.5rem; letter-spacing: .01em; }
h2 { font-size: 1.1875rem; }
h3 { font-size: 1rem; }
p, ul, ol, dl, table { margin: 0 0 1rem; }
p { text-wrap: pretty; }
a { color: var(--ai); text-underline-offset: .2em; }
a:hover { text-decoration-thickness: .125em; }
:focus-visible { outline: 3px solid #b35c00; outline-offset: 2px; border-radius: 4px; }
[tabindex="-1"]:focus { outline: none; }
.skip { position: absolute; left: -999px; }
.skip:focus { left: 1rem; top: 1rem; background: #fff; padding: .75rem 1rem; z-index: 9; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.as-typed { white-space: pre-wrap; }
.figures { font-family: var(--figures); letter-spacing: .02em; }
.soft { color: var(--soft); font-size: .875rem; }
.nowrap { white-space: nowrap; }

.masthead { background: var(--card); border-bottom: 1px solid var(--line); }
.masthead::before { content: ""; display: block; height: 8px; background: linear-gradient(#d5b183 0 2px, var(--kraft) 2px 6px,
  #b1854d 6px); }
.masthead > div { max-width: 70rem; margin: 0 auto; padding: .75rem 1rem; display: flex; flex-wrap: wrap;
  align-items: center; gap: .25rem 1.25rem; }
.brand { display: flex; align-items: center; gap: .625rem; color: inherit; text-decoration: none; font-weight: 700;
  line-height: 1.3; }
.brand svg { width: 2.25rem; height: 2.25rem; flex: none; }
.brand small { display: block; font-weight: 400; font-size: .75rem; color: var(--soft); }
.masthead nav { margin-left: auto; display: flex; flex-wrap: wrap; gap: 0 .25rem; align-items: center; }
.masthead nav a { display: flex; align-items: center; min-height: 44px; padding: 0 .75rem; text-decoration: none; }
.masthead nav a[aria-current] { font-weight: 700; box-shadow: inset 0 -3px var(--kraft); }
.sample { background: var(--kraft-pale); color: var(--kraft-deep); text-align: center; font-size: .875rem; padding: .25rem 1rem; }

main { flex: 1 0 auto; width: 100%; max-width: 70rem; margin: 0 auto; padding: 1.5rem 1rem 3rem; }
main.narrow { max-width: 44rem; }
.columns { display: grid; gap: 1.25rem; grid-template-columns: minmax(0, 1fr); }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 1.25rem 1rem; margin: 0 0 1.25rem; }
.card > :last-child { margin-bottom: 0; }
.lead { font-size: 1.0625rem; }
.foot { border-top: 1px solid var(--line); background: var(--card); font-size: .875rem; color: var(--soft); }
.foot > div { max-width: 70rem; margin: 0 auto; padding: 1.25rem 1rem 2rem; }
.foot p { margin: 0 0 .25rem; }
.foot strong { color: var(--ink); }

.slip { background: var(--card); border: 1px solid var(--line); border-radius: 12px; overflow: hidden; margin: 0 0 1.25rem; }
.slip h2 { font-size: .875rem; letter-spacing: .12em; background: var(--ai); color: #fff; margin: 0; padding: .375rem 1rem; }
.slip dl { margin: 0; padding: .25rem 1rem; }
.slip dl > div { padding: .5rem 0; border-bottom: 1px dashed var(--line); }
.slip dl > div:last-child { border: 0; }
.slip dt { font-size: .8125rem; color: var(--soft); line-height: 1.4; }
.slip dd { margin: 0; }
.slip .reference { font: 700 1.25rem/1.5 var(--figures); letter-spacing: .04em; }
.slip .due { font-weight: 700; }
.late { color: var(--red); font-weight: 700; white-space: nowrap; }
.card.next { padding-left: 3rem; }

.route { list-style: none; display: flex; padding: 0; margin: 0 0 1.5rem; }
.route li { flex: 1; position: relative; padding-top: 2.25rem; font-size: .8125rem; line-height: 1.4; color: var(--soft);
  text-align: center; }
.route li::after { content: ""; position: absolute; top: .8rem; left: 50%; width: 100%; border-top: 3px solid var(--line); }
.route li:last-child::after { display: none; }
.route li > b { position: absolute; z-index: 1; top: 0; left: calc(50% - .875rem); width: 1.75rem; height: 1.75rem;
  border-radius: 6px; border: 2px solid var(--edge); background: var(--card); font: 700 .875rem/1.5rem var(--sans);
  color: var(--soft); }
.route li.done > b { background: var(--kraft-pale); border-color: var(--kraft); color: var(--kraft-deep); }
.route li.done::after { border-color: var(--kraft); }
.route li[aria-current] { color: var(--ink); font-weight: 700; }
.route li[aria-current] > b { background: var(--ai); border-color: var(--ai); color: #fff; }

.note { border-left: 4px solid var(--edge); background: var(--card); border-radius: 4px; padding: .75rem 1rem; margin: 0 0 1rem; }
.note > :last-child { margin-bottom: 0; }
.note h2, .note h3 { font-size: 1rem; margin-bottom: .25rem; }
.note.info { border-color: var(--ai); background: var(--ai-pale); }
.note.care { border-color: #c98a00; background: var(--amber-pale); }
.note.good { border-color: var(--green); background: var(--green-pale); }
.note.bad { border-color: var(--red); background: var(--red-pale); }
.note ul { padding-left: 1.25rem; margin: 0; }

.stamp { display: inline-flex; align-items: center; justify-content: center; width: 4.25rem; height: 4.25rem; border-radius: 50%;
  border: 3px double currentColor; color: var(--ai); font-weight: 700; font-size: 1.0625rem; letter-spacing: .08em;
  transform: rotate(-8deg); margin-bottom: .75rem; }
.stamp.good { color: var(--green); } .stamp.care { color: var(--amber); } .stamp.bad { color: var(--red); }
.next { padding-left: 1.5rem; }
.next li { margin-bottom: .5rem; }

@media (max-width: 63.99rem) {
  .slip dl { display: grid; grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr)); gap: 0 1rem; }
  .slip dl > .wide { grid-column: 1 / -1; }
}
@media (max-width: 47.99rem) {
  .route li { padding-top: 0; min-height: 1.75rem; }
  .route li span { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
  .masthead nav { margin-left: 0; }
}
@media (min-width: 48rem) {
  .card { padding: 1.5rem 1.75rem; }
  h1 { font-size: 1.75rem; }
  .here { display: none; }
}
@media (min-width: 64rem) {
  .columns.with-slip { grid-template-columns: minmax(0, 1fr) 20rem; gap: 2rem; align-items: start; }
  .columns.with-slip > aside { order: 2; position: sticky; top: 1rem; }
}
@media print {
  body { background: #fff; display: block; }
  .masthead nav, .skip, form, .no-print { display: none !important; }
  .card, .slip { border-color: #999; break-inside: avoid; }
  main, main.narrow { padding: 0; max-width: none; }
}`;
