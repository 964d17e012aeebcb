import type { Person } from '../../case/identity.ts';
import type { Problems } from '../fields.ts';
import { type Html, html, safeHref } from '../markup.ts';
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
  /** Where the mail accounts can be had as a file for the target's panel. */
  accountsHref?: string;
  /** Why that file was not made. */
  problems?: Problems;
}

export const confidedPath = (reference: string) => `${consolePaths.case(reference)}/confided`;

/** Behind a button, for each look stands in the history: a GET would show passwords to whoever passes by. */
export function confidedButton(reference: string): Html {
  return html`<form method="post" action="${confidedPath(reference)}" class="card bar"><p>接続情報（パスワードなど）は、作業に必要なときだけ表示してください。表示したことは、経過に記録されます。</p><button type="submit">接続情報を表示する</button></form>`;
}

/** How to reach the servers, for the engineer at work. The page is not stored, and nothing of it is in its address. */
export function confidedPage(view: ConfidedView): string {
  const { site, person, reference, company, confided, accountsHref, problems } = view;
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
)}
${problems && html`<section class="note care" role="alert"><p>アカウントの CSV は作成していません。</p><ul>${Object.values(problems).map((sentence) => html`<li>${sentence}</li>`)}</ul></section>`}
${accountsHref && html`<form method="post" action="${safeHref(accountsHref)}" class="card bar"><p>移行先のコントロールパネルに取り込む、メールアカウントの一覧（パスワードを含む）です。取り込んだあとは削除してください。</p><button type="submit">アカウントの CSV を保存する</button></form>`}`,
  });
}
