export const fixesStyle = `
.excerpt { display: block; margin-top: .25rem; padding: .25rem .5rem; border-radius: 6px; background: var(--ground); font: .8125rem/1.6 var(--figures);
  white-space: pre-wrap; overflow-wrap: anywhere; }
.diff { margin: 0 0 .75rem; padding: .5rem 0; border: 1px solid var(--line); border-radius: 8px; background: var(--ground);
  font: .8125rem/1.6 var(--figures); white-space: pre-wrap; overflow-wrap: anywhere; }
.diff > span { display: block; padding: 0 .75rem; min-height: 1.6em; }
.diff .at { color: var(--soft); }
.diff .old { background: var(--red-pale); color: var(--red); } .diff .new { background: var(--green-pale); color: var(--green); }
@media (max-width: 47.99rem) { .list.findings td:first-child { display: block; } }`;
