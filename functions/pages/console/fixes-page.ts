import type { Form } from '../../case/form.ts';
import type { Person } from '../../case/identity.ts';
import { fixRules } from '../../case/web-fixes/rules.ts';
import type { ScanResult, WebFixes } from '../../case/web-fixes/web-fixes.ts';
import { grouped, momentText } from '../../case/wording.ts';
import type { Problems, Typed } from '../fields.ts';
import { errorSummary, type FormBody, fieldsOf, formBody } from '../form-body.ts';
import { type Html, html } from '../markup.ts';
import type { Site } from '../site.ts';
import { severityBadge } from './case-parts.ts';
import { consolePage, consolePaths } from './shell.ts';

export const fixesPath = (reference: string) => `${consolePaths.case(reference)}/fixes`;

export interface FixesView {
  site: Site;
  person: Person;
  reference: string;
  company: string;
  fixes?: WebFixes;
  /** For whoever may begin a search now. */
  form?: Pick<Form<unknown>, 'title' | 'lead' | 'sections' | 'submit'>;
  typed?: Typed;
  problems?: Problems;
  /** Rules whose fixes are ordered. */
  ordered: readonly string[];
  /** The differences can be looked at and approved. */
  approvable: boolean;
}

/** What the move will break in web data (R9): the last search, and the form for the next one. */
export function fixesPage(view: FixesView): string {
  const { reference, company, fixes, form, typed = {}, problems = {} } = view;
  const failed = Object.keys(problems).length > 0;
  const running = fixes?.status === 'running';
  return consolePage({
    site: view.site,
    person: view.person,
    ...(running && !failed && { refresh: { seconds: 10, to: fixesPath(reference) } }),
    title: `${failed ? 'エラー: ' : ''}Web データの修正箇所 ${reference}`,
    body: html`${form && errorSummary(fieldsOf(form.sections), problems)}
<h1>Web データの修正箇所</h1><p><a href="${consolePaths.case(reference)}"><span class="figures">${reference}</span> ${company}</a></p>
${fixes && state(fixes)}
${fixes?.result && resultCard(reference, fixes.result, view)}
${!fixes && html`<p class="card">まだ調べていません。</p>`}
${form && newSearch({ form, typed, problems, action: `${fixesPath(reference)}/scan`, hidden: { known: String(fixes?.scan ?? 0) } }, fixes !== undefined && !failed)}`,
  });
}

function state({ status, by, startedAt, finishedAt, problem }: WebFixes): Html {
  const began = html`<span class="soft">${momentText(startedAt)} ${by} が開始</span>`;
  if (status === 'running')
    return html`<p class="note info" role="status">調べています。終わるまで、しばらくお待ちください。${began}</p>`;
  if (status === 'failed')
    return html`<div class="note bad"><h2>調べられませんでした</h2><p>${problem}</p><p>${began}</p></div>`;
  return html`<p class="soft">${finishedAt && momentText(finishedAt)} に調べ終わりました（開始：${by}）。</p>`;
}

function resultCard(reference: string, result: ScanResult, { ordered, approvable }: FixesView): Html {
  const hours = result.groups.reduce((sum, group) => sum + Math.round(group.hours * 100), 0) / 100;
  const counts: [string, string][] = [
    ['ファイル', grouped(result.files)],
    ['読んだファイル', grouped(result.read)],
    ['見つかった箇所', grouped(result.findings)],
    ['工数の目安', `${hours}時間`],
  ];
  return html`<section class="card"><h2>見つかった箇所</h2>
<dl class="counts">${counts.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
${result.cutShort && html`<p class="note care">数が多いため、途中で打ち切った項目があります。実際の箇所は、これより多くあります。</p>`}
${leftOut(result)}
${
  result.groups.length === 0
    ? html`<p>移行で動かなくなる箇所は、見つかりませんでした。</p>`
    : html`<table class="list findings"><thead><tr><th scope="col">内容</th><th scope="col">重要度</th><th scope="col">対応</th><th scope="col" class="n">箇所</th><th scope="col" class="n">工数</th></tr></thead>
<tbody>${result.groups.map(
        (group) =>
          html`<tr><td>${fixRules[group.rule].title}<br><bdi class="figures soft">${group.first}</bdi></td>
<td data-label="重要度">${severityBadge(group.severity)}</td><td data-label="対応"><span>${fixRules[group.rule].remedy}${fixRules[group.rule].automatic && html` <span class="badge plain">自動修正あり</span>`}${ordered.includes(group.rule) && html` <span class="badge good">ご注文済み</span>`}</span></td>
<td class="n" data-label="箇所">${grouped(group.places)}（${grouped(group.files)}ファイル）</td><td class="n" data-label="工数">${group.hours}時間</td></tr>`,
      )}</tbody></table>
<p class="send"><a class="button" href="${fixesPath(reference)}/findings">1件ずつ見る</a> <a class="button" href="${fixesPath(reference)}/findings.ndjson" download>すべてダウンロード</a>${approvable && html` <a class="button main" href="${fixesPath(reference)}/diffs">差分を確認して承認する</a>`}</p>`
}
<p class="soft">規則の版：${result.rules}。ひな形から作る環境調査報告に、この表の内容が「指摘」として入ります。</p></section>`;
}

/** A person looks into these: what is not named is not looked at. */
function leftOut({ leftOut: total, leftOutFirst: first = [] }: ScanResult): Html | false {
  if (total === 0) return false;
  return html`<div class="note care"><p>${grouped(total)}件は調べていません。必要なものは、手作業で確認してください。</p>
${
  first.length > 0 &&
  html`<details><summary>調べていないものと理由${first.length < total && html`（はじめの${first.length}件）`}</summary><ul>${first.map(
    ({ place, why }) =>
      html`<li><bdi class="figures">${place}</bdi><br><span class="soft">${why}</span></li>`,
  )}</ul></details>`
}</div>`;
}

function newSearch(body: FormBody & { form: NonNullable<FixesView['form']> }, folded: boolean): Html {
  const { form } = body;
  const content = html`${form.lead && html`<p>${form.lead}</p>`}${formBody(body)}`;
  return folded
    ? html`<details class="card folded"><summary>もう一度調べる</summary>${content}</details>`
    : html`<section aria-label="${form.title}">${content}</section>`;
}
