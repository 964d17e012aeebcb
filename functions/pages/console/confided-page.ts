import type { Person } from '../../case/identity.ts';
import { type Html, html } from '../markup.ts';
import type { Site } from '../site.ts';
import { consolePage, consolePaths } from './shell.ts';

/** What one end was confided with, in words. */
export interface Confided {
  title: string;
  rows: readonly { label: string; value: string }[];
}

export interface ConfidedView {
  site: Site;
  person: Person;
  reference: string;
  company: string;
  confided: readonly Confided[];
}

export const confidedPath = (reference: string) => `${consolePaths.case(reference)}/confided`;

/** Behind a button, for each look stands in the history: a GET would show passwords to whoever passes by. */
export function confidedButton(reference: string): Html {
  return html`<form method="post" action="${confidedPath(reference)}" class="card bar"><p>接続情報（パスワードなど）は、作業に必要なときだけ表示してください。表示したことは、経過に記録されます。</p><button type="submit">接続情報を表示する</button></form>`;
}

/** How to reach the servers, for the engineer at work. The page is not stored, and nothing of it is in its address. */
export function confidedPage({ site, person, reference, company, confided }: ConfidedView): string {
  return consolePage({
    site,
    person,
    title: `接続情報 ${reference}`,
    body: html`<h1>接続情報</h1><p><a href="${consolePaths.case(reference)}"><span class="figures">${reference}</span> ${company}</a></p>
<p class="note care">この画面を、保存、印刷、転送しないでください。表示したことは、経過に記録されています。接続情報は、環境調査と移行作業の終了後にそれぞれ消去されます。</p>
${confided.length === 0 && html`<p class="card">お預かりしている接続情報はありません。消去されたか、まだいただいていません。</p>`}
${confided.map(
  ({ title, rows }) =>
    html`<section class="card"><h2>${title}</h2><dl class="answers">${rows.map(
      ({ label, value }) => html`<div><dt>${label}</dt><dd class="figures as-typed">${value}</dd></div>`,
    )}</dl></section>`,
)}`,
  });
}
