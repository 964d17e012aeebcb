import type { DocumentShown, Erasure } from '../../case/case.ts';
import { planNames, serverNames } from '../../case/eligibility.ts';
import { severityWords } from '../../case/survey-columns.ts';
import type { TaskKind } from '../../case/tasks.ts';
import type { FixSeverity } from '../../case/web-fixes/effort.ts';
import { dateText, momentText, quoteNames, yenText } from '../../case/wording.ts';
import { answersView } from '../answers.ts';
import { type Html, html, lines, safeHref } from '../markup.ts';
import type { Answered, CaseView, ConsoleTask } from './case-view.ts';

export function customerCard({
  customer,
  plans,
  particulars,
}: Pick<CaseView, 'customer' | 'plans' | 'particulars'>): Html {
  const rows: [string, string | Html][] = [
    ...(customer.company ? ([['会社名', customer.company]] as [string, string][]) : []),
    ['ご担当者', `${customer.person} 様`],
    ['メール', customer.mail],
    ['契約番号', customer.contractNumber],
    [
      '移行先',
      `${serverNames[customer.serverKind]}${customer.platformMigration ? '（プラットフォーム移行の対象）' : ''}`,
    ],
    ['プラン', plans.length > 0 ? plans.map((plan) => planNames[plan]).join('、') : '未定'],
    ...particulars.map(({ label, value }): [string, Html] => [label, lines(value)]),
  ];
  return html`<section class="slip"><h2>お客さま</h2><dl>${rows.map(([label, value]) => html`<div><dt>${label}</dt><dd>${value}</dd></div>`)}</dl></section>`;
}

const statusNames: Record<ConsoleTask['status'], [string, string]> = {
  open: ['対応待ち', 'care'],
  completed: ['完了', 'good'],
  expired: ['期限切れ', 'bad'],
  withdrawn: ['取り下げ', 'plain'],
};

export function taskTable(tasks: readonly ConsoleTask[]): Html | false {
  if (tasks.length === 0) return false;
  return html`<section class="card"><h2>手続きの一覧</h2><table class="list"><thead><tr><th scope="col">手続き</th><th scope="col">状態</th><th scope="col">期限</th><th scope="col">完了</th></tr></thead>
<tbody>${tasks.toReversed().map(
    (
      task,
    ) => html`<tr class="${task.overdue ? 'overdue' : 'plain'}"><td>${task.title}${task.generation > 1 && `（${task.generation}回目）`}</td>
<td data-label="状態"><span class="badge ${statusNames[task.status][1]}">${statusNames[task.status][0]}</span></td>
<td data-label="期限"><span>${momentText(task.dueAt)}${task.overdue && html` <span class="late">期限超過</span>`}</span></td>
<td data-label="完了">${task.completedAt ? html`<span>${momentText(task.completedAt)}<br><span class="soft">${task.completedBy}</span></span>` : '―'}</td></tr>`,
  )}</tbody></table></section>`;
}

/** What somebody who answers the step wants to read: it comes first, and open. */
const readFor: Partial<Record<TaskKind, readonly TaskKind[]>> = {
  'hearing-sheet-review': ['hearing-sheet'],
  consultation: ['hearing-sheet'],
  'consent-review': ['consent'],
  survey: ['hearing-sheet'],
  'order-review': ['order'],
  'migration-details': ['order'],
  'transfer-problem': ['migration-details'],
  'acceptance-review': ['acceptance'],
  'rework-assessment': ['acceptance'],
};

export function answersCards(answers: readonly Answered[], open: readonly ConsoleTask[]): Html {
  const wanted = open.flatMap(({ kind }) => readFor[kind] ?? []);
  const first = answers.filter(({ kind }) => wanted.includes(kind));
  const rest = answers.filter(({ kind }) => !wanted.includes(kind));
  return html`${[...first, ...rest].map(
    ({
      kind,
      title,
      at,
      by,
      address,
      sections,
    }) => html`<section class="card folded"><details${wanted.includes(kind) ? html` open` : false}><summary>${title}<span class="soft">${momentText(at)}</span></summary>
<p class="soft">記入者 ${by}${address && html`・接続元 ${address}`}</p>${answersView(sections)}</details></section>`,
  )}`;
}

export function quotesCard(quotes: CaseView['quotes']): Html | false {
  if (quotes.length === 0) return false;
  return html`<section class="card"><h2>お見積もり</h2><table class="list"><thead><tr><th scope="col">番号</th><th scope="col">種類</th><th scope="col">有効期限</th><th scope="col" class="n">金額（税込）</th></tr></thead>
<tbody>${quotes.map(
    ({
      quote,
      href,
    }) => html`<tr><td data-label="番号">${href ? html`<a class="figures" href="${safeHref(href)}">${quote.number}</a>` : html`<span class="figures">${quote.number}</span>`}</td>
<td data-label="種類">${quoteNames[quote.kind]}</td><td data-label="有効期限">${dateText(quote.validUntil)}</td><td class="n" data-label="金額">${yenText(quote.total)}</td></tr>`,
  )}</tbody></table></section>`;
}

const severityColours = { info: 'plain', warning: 'care', blocker: 'bad' } as const;

export function severityBadge(severity: FixSeverity): Html {
  return html`<span class="badge ${severityColours[severity]}">${severityWords[severity]}</span>`;
}

export function surveyCard(survey: CaseView['survey']): Html | false {
  if (!survey) return false;
  return html`<section class="card"><h2>環境調査報告 <span class="badge ${survey.feasible ? 'good' : 'bad'}">${survey.feasible ? '移行できます' : 'お引き受け不可'}</span></h2>
${survey.reason && html`<p>${lines(survey.reason)}</p>`}
${
  survey.findings.length > 0 &&
  html`<h3>指摘（${survey.findings.length}件）</h3><table class="list"><thead><tr><th scope="col">内容</th><th scope="col">重要度</th><th scope="col">対応</th><th scope="col" class="n">時間</th></tr></thead>
<tbody>${survey.findings.map(
    (
      finding,
    ) => html`<tr><td>${finding.item}${finding.location && html`<br><bdi class="figures soft">${finding.location}</bdi>`}</td>
<td data-label="重要度">${severityBadge(finding.severity)}</td><td data-label="対応">${finding.remedy}</td><td class="n" data-label="時間">${finding.hours}時間</td></tr>`,
  )}</tbody></table>`
}
<details><summary>確認した事実（${survey.facts.length}件）</summary><table class="list"><thead><tr><th scope="col">項目</th><th scope="col">値</th><th scope="col">方法・根拠</th></tr></thead>
<tbody>${survey.facts.map(
    (fact) =>
      html`<tr><td>${fact.item}</td><td data-label="値"><bdi>${fact.value}</bdi></td><td data-label="方法・根拠">${fact.method}${fact.evidence && html`・${fact.evidence}`}</td></tr>`,
  )}</tbody></table></details>
${survey.notSurveyed.length > 0 && html`<h3>調査できなかったもの</h3><ul>${survey.notSurveyed.map(({ item, reason }) => html`<li>${item}: ${reason}</li>`)}</ul>`}</section>`;
}

export function documentsCard(documents: readonly DocumentShown[]): Html | false {
  if (documents.length === 0) return false;
  return html`<section class="card folded"><details><summary>お客さまに提示した文書（${documents.length}件）</summary><table class="list"><thead><tr><th scope="col">文書</th><th scope="col">版</th><th scope="col">提示日時</th><th scope="col">照合値</th></tr></thead>
<tbody>${documents.map(
    ({ title, revision, shownAt, sha256 }) =>
      html`<tr><td>${title}</td><td data-label="版">${revision}</td><td data-label="提示日時">${momentText(shownAt)}</td><td data-label="照合値" class="figures soft">${sha256.slice(0, 12)}</td></tr>`,
  )}</tbody></table></details></section>`;
}

const erasureReasons: Record<Erasure['reason'], string> = {
  'survey-closed': '環境調査の終了',
  'migration-closed': '移行作業の終了',
  declined: 'お引き受け不可',
  closed: '案件の終了',
};

export function erasuresCard(erasures: readonly Erasure[]): Html | false {
  if (erasures.length === 0) return false;
  return html`<section class="card"><h2>データの消去</h2><ul>${erasures.map(
    ({ at, reason, objects, secrets }) =>
      html`<li>${momentText(at)}・${erasureReasons[reason]}: 一時データ ${objects}件、接続情報 ${secrets}件を消去しました。</li>`,
  )}</ul></section>`;
}
