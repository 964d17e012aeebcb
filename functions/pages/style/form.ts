import { plans } from '../../case/case.ts';

/** The choices that a chapter can depend on (Section.when): it is there while they are made. */
const choices = [
  ...plans.map((plan) => ['plans', plan] as const),
  ['protocol', 'ftp'] as const,
  ['targetProtocol', 'ftp'] as const,
  ['mailSecurity', 'plain'] as const,
  ['targetMailSecurity', 'plain'] as const,
  ['mailPasswords', 'master'] as const,
  ['databaseAccess', 'login'] as const,
  ['databaseWay', 'direct'] as const,
  ['targetDatabaseWay', 'direct'] as const,
  ['copyHours', 'limited'] as const,
  ['cybozuServer', 'other'] as const,
  ['cybozuServer', 'special'] as const,
  ['cybozuBy', 'engine'] as const,
  ['targetCybozuServer', 'other'] as const,
];
const chosen = choices
  .map(
    ([name, value]) =>
      `body:has(input[name=${name}][value=${value}]:not(:checked)) .when-${name}-${value} { display: none; }`,
  )
  .join('\n');

export const formStyle = `
form { margin: 0; }
.chapter > h2 { display: flex; align-items: baseline; gap: .625rem; padding-bottom: .5rem; border-bottom: 2px solid var(--kraft); }
.chapter > h2 b { color: var(--kraft-deep); font-size: .875rem; white-space: nowrap; }
form.counted { counter-reset: chapter; }
form.counted .chapter { counter-increment: chapter; }
form.counted .chapter > h2 b::before { content: counter(chapter); }
.contents.counted { counter-reset: item; }
.contents.counted li { counter-increment: item; }
.contents.counted a::before { content: counter(item) "."; margin-right: .25rem; }
${chosen}
.field { border: 0; padding: 0; margin: 0 0 1.5rem; min-width: 0; }
.field > label:not(.choice), .field > legend { display: block; margin-bottom: .25rem; padding: 0; font-weight: 700; line-height: 1.5; }
.tick-label { font-weight: 700; }
.must, .may { display: inline-block; font-size: .75rem; font-weight: 700; line-height: 1.5; border-radius: 4px; padding: 0 .4rem;
  margin-left: .5rem; vertical-align: .1em; white-space: nowrap; }
.must { background: var(--red); color: #fff; }
.may { border: 1px solid var(--edge); color: var(--soft); font-weight: 400; }
.help { color: var(--soft); font-size: .875rem; line-height: 1.6; margin: 0 0 .375rem; white-space: pre-line; }
input, select, textarea, button { font: inherit; color: inherit; }
input[type=text], input[type=email], input[type=tel], input[type=password], input[type=date], input[type=datetime-local],
input[type=search], input[type=file], select, textarea {
  width: 100%; min-height: 48px; padding: .5rem .75rem; border: 1px solid var(--edge); border-radius: 8px; background: #fff; }
textarea { min-height: 8rem; line-height: 1.6; resize: vertical; }
input[type=date], input[type=datetime-local] { max-width: 16rem; }
input.short { max-width: 10rem; }
.with-unit { display: flex; align-items: center; gap: .5rem; }
select { appearance: none; padding-right: 2.5rem; background: #fff no-repeat right .875rem center / .75rem url("data:image/svg+xml,\
%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 12 8'%3E%3Cpath d='M1 1l5 5 5-5' fill='none' stroke='%231f4e79' \
stroke-width='2'/%3E%3C/svg%3E"); }
.choice { display: flex; align-items: flex-start; gap: .75rem; min-height: 48px; padding: .625rem .875rem; margin: .375rem 0 0;
  border: 1px solid var(--line); border-radius: 8px; background: #fff; cursor: pointer; line-height: 1.6; }
.choice:hover { border-color: var(--ai); }
.choice:has(:checked) { border-color: var(--ai); background: var(--ai-pale); box-shadow: inset 0 0 0 1px var(--ai); }
.choice:has(:focus-visible) { outline: 3px solid #b35c00; outline-offset: 2px; }
.short-choices { display: grid; grid-template-columns: repeat(auto-fill, minmax(4.25rem, 1fr)); gap: .375rem; }
.short-choices .choice { margin: 0; }
.choice input { flex: none; width: 1.375rem; height: 1.375rem; margin: .125rem 0 0; accent-color: var(--ai); }
.choice input:focus-visible { outline: none; }
.problem { color: var(--red); font-weight: 700; margin: .375rem 0 0; line-height: 1.5; padding-left: 1.75rem; position: relative; }
.problem::before { content: "!"; position: absolute; left: 0; top: .1em; width: 1.25rem; height: 1.25rem; border-radius: 50%;
  background: var(--red); color: #fff; text-align: center; font-size: .875rem; line-height: 1.25rem; }
.choice + .help { margin: .375rem 0 0; }
.field.wrong { border-left: 4px solid var(--red); padding-left: .875rem; }
.field.wrong input:not([type=radio], [type=checkbox]), .field.wrong select, .field.wrong textarea { border: 2px solid var(--red); }
.summary { border: 2px solid var(--red); background: var(--red-pale); border-radius: 12px; padding: 1rem; margin: 0 0 1.25rem; }
.summary h2 { color: var(--red); }
.summary ul { list-style: none; padding: 0; margin: 0; }
.summary li { border-top: 1px solid #eec4c8; padding: .5rem 0; }
.summary a { color: var(--red); display: block; }
.contents { list-style: none; padding: 0; margin: 0; display: flex; flex-wrap: wrap; gap: .375rem; }
.contents a { display: inline-flex; align-items: center; min-height: 44px; padding: 0 .75rem; border: 1px solid var(--line);
  border-radius: 8px; background: #fff; text-decoration: none; font-size: .875rem; }
.send { text-align: center; } .send .button { margin-block: .25rem; }
button, .button { display: inline-flex; align-items: center; justify-content: center; min-height: 48px; padding: .5rem 1.5rem;
  border: 2px solid var(--ai); border-radius: 10px; background: #fff; color: var(--ai); font-weight: 700; text-decoration: none;
  cursor: pointer; line-height: 1.4; }
button:hover, .button:hover { background: var(--ai-pale); }
button.main, .button.main { background: var(--ai); color: #fff; min-height: 56px; font-size: 1.0625rem; width: 100%; max-width: 26rem; }
button.main:hover, .button.main:hover { background: var(--ai-deep); border-color: var(--ai-deep); }
.row { display: flex; flex-wrap: wrap; gap: .75rem; align-items: end; }
button.quiet { min-height: 44px; padding: 0 .75rem; border: 1px solid var(--line); border-radius: 8px; font-size: .875rem; font-weight: 400; }
.row > .field { margin: 0; flex: 1 1 12rem; }
.documents { list-style: none; padding: 0; margin: 0; }
.documents li { border-top: 1px solid var(--line); }
.documents li:first-child { border: 0; }
.documents a { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0 1rem; padding: .625rem 0; min-height: 44px; }
.documents span { color: var(--soft); font-size: .875rem; }
.answers { display: grid; gap: 0; margin: 0; }
.answers.card { margin-bottom: 1.25rem; }
.answers > div { display: grid; gap: 0 1rem; padding: .625rem 0; border-top: 1px solid var(--line); }
.answers > div:first-child { border: 0; }
.answers dt { color: var(--soft); font-size: .875rem; }
.answers dd { margin: 0; }
@media (min-width: 48rem) { .answers.card { margin-bottom: 1.25rem; }
.answers > div { grid-template-columns: 14rem minmax(0, 1fr); } }`;
