import type { DatabaseSurvey } from '../../case/database-survey.ts';
import { momentText } from '../../case/wording.ts';
import { type Html, html, lines, safeHref } from '../markup.ts';
import { severityBadge } from './case-parts.ts';

export interface DatabaseSurveyView {
  survey?: DatabaseSurvey;
  /** Where a look is asked for, by who may. */
  action?: string;
}

/** What was read of the source's databases; it stands in the template of the survey report already. */
export function databaseSurveyCard(view: DatabaseSurveyView | undefined): Html | false {
  if (!view) return false;
  const { survey, action } = view;
  return html`<section class="card" id="databases"><h2>データベースの調査</h2>
<p class="soft">お預かりした接続情報で、移行元のデータベースの版、容量、権限、文字の状態を読み取ります（書き込みはしません。最長20秒）。結果は、環境調査報告のひな形に入ります。</p>
${survey && result(survey)}
${action && html`<form method="post" action="${safeHref(action)}"><p class="send"><button type="submit">${survey ? 'もう一度調べる' : 'データベースを調べる'}</button></p></form>`}</section>`;
}

function result({ at, by, message, facts, findings, notSurveyed }: DatabaseSurvey): Html {
  return html`<p>${momentText(at)} ${by}</p>
${message && html`<p class="note bad">${lines(message)}</p>`}
${
  findings.length > 0 &&
  html`<h3>指摘</h3><ul>${findings.map(
    ({ item, location, severity, remedy }) =>
      html`<li>${severityBadge(severity)} ${item} <bdi class="soft">${location}</bdi><br>${remedy}</li>`,
  )}</ul>`
}
${notSurveyed.length > 0 && html`<h3>調べていないもの</h3><ul>${notSurveyed.map(({ item, reason }) => html`<li>${item}：${reason}</li>`)}</ul>`}
${facts.length > 0 && html`<details><summary>事実（${facts.length}件）</summary><dl class="answers">${facts.map(({ item, value }) => html`<div><dt>${item}</dt><dd class="as-typed">${value}</dd></div>`)}</dl></details>`}`;
}
