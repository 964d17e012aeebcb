import type { Plan } from '../../case/case.ts';
import { planNames } from '../../case/eligibility.ts';
import type { Person } from '../../case/identity.ts';
import { bytesText, grouped } from '../../case/wording.ts';
import { type Html, html } from '../markup.ts';
import type { Site } from '../site.ts';
import { records, type TransferResult, transferResult } from '../transfer-view.ts';
import { consolePage, consolePaths } from './shell.ts';

interface Amount {
  objects: number;
  bytes: number;
}

/** Some of the objects that something is said of; `total` is how many there are. */
interface Examples {
  total: number;
  objects: readonly { name: string; there?: string; remark?: string }[];
}

/** What a run would move, or has moved: known when its inventory is done. */
export interface ForecastView {
  /** `examples`: names of some of them. */
  rows: readonly (Amount & { label: string; help: string; examples: readonly string[] })[];
  kinds: readonly (Amount & { label: string })[];
  reasons: readonly (Examples & { why: string })[];
  warnings: readonly string[];
  remarks: readonly string[];
  bytesToRead: number;
  chunks: number;
}

/** What was seen when both ends were read again. */
export interface ReportView {
  results: readonly (Examples & { label: string; help: string; bad: boolean })[];
  complete: boolean;
  href: string;
}

export interface TransferPageView {
  site: Site;
  person: Person;
  reference: string;
  company: string;
  plan: Plan;
  run: number;
  /** Absent before the verification is done. */
  summary?: TransferResult;
  forecast?: ForecastView;
  report?: ReportView;
}

/** One run of a plan: what it meant to move, what became of it, and what the verification saw. */
export function transferPage(view: TransferPageView): string {
  const { reference, company, plan, run, summary, forecast, report } = view;
  const title = `移行の内容 ${planNames[plan]} ${run}回目`;
  return consolePage({
    site: view.site,
    person: view.person,
    title: `${title} ${reference}`,
    body: html`<h1>${title}</h1><p><a href="${consolePaths.case(reference)}"><span class="figures">${reference}</span> ${company}</a></p>
${!forecast && !summary && html`<p class="card">棚卸し（移行元の一覧の作成）が終わると、移行する内容をここに表示します。</p>`}
${summary && html`<section class="card"><h2>結果</h2>${transferResult(summary)}</section>`}
${forecast && forecastCard(forecast, summary === undefined)}
${report && reportCard(report)}`,
  });
}

function forecastCard(forecast: ForecastView, ahead: boolean): Html {
  const { rows, kinds, reasons, warnings, remarks, bytesToRead, chunks } = forecast;
  return html`<section class="card"><h2>${ahead ? 'これから移行する内容' : '棚卸しの結果'}</h2>
${ahead && html`<p>移行元から読み取る容量は ${bytesText(bytesToRead)}、作業の単位は ${grouped(chunks)}個です。</p>`}
${ahead && warnings.map((warning) => html`<p class="note care">${warning}</p>`)}
${ahead && remarks.map((remark) => html`<p class="note">${remark}</p>`)}
<table class="list"><thead><tr><th scope="col">区分</th><th scope="col" class="n">件数</th><th scope="col" class="n">容量</th><th scope="col">扱い</th></tr></thead><tbody>${rows.map(
    ({ label, objects, bytes, help }) =>
      html`<tr><td data-label="区分">${label}</td><td class="n" data-label="件数">${grouped(objects)}件</td><td class="n" data-label="容量">${bytesText(bytes)}</td><td data-label="扱い">${help}</td></tr>`,
  )}</tbody></table>
${rows.map(
  ({ label, objects, examples }) =>
    examples.length > 0 &&
    examplesOf(`一覧：${label}`, { total: objects, objects: examples.map((name) => ({ name })) }),
)}
<table class="list"><thead><tr><th scope="col">種類</th><th scope="col" class="n">件数</th><th scope="col" class="n">容量</th></tr></thead><tbody>${kinds.map(
    ({ label, objects, bytes }) =>
      html`<tr><td data-label="種類">${label}</td><td class="n" data-label="件数">${grouped(objects)}件</td><td class="n" data-label="容量">${bytesText(bytes)}</td></tr>`,
  )}</tbody></table>
${reasons.length > 0 && html`<h3>移行しないものとその理由</h3>${reasons.map((reason) => examplesOf(reason.why, reason))}`}
</section>`;
}

function reportCard({ results, complete, href }: ReportView): Html {
  return html`<section class="card"><h2>照合の報告</h2>
${results.length === 0 && html`<p>すべて一致しました。</p>`}
${!complete && html`<p class="note care">件数が多いため、途中までの集計です。全件は報告のファイルにあります。</p>`}
${results.map(
  (result) =>
    html`<div class="${result.bad ? 'bad' : 'plain'}">${examplesOf(result.label, result)}<p class="soft">${result.help}</p></div>`,
)}
${records('照合の報告（全件）', href)}</section>`;
}

function examplesOf(title: string, { total, objects }: Examples): Html {
  return html`<details><summary>${title}（${grouped(total)}件${objects.length < total && html`のうち${objects.length}件を表示`}）</summary>
<ul>${objects.map(
    ({ name, there, remark }) =>
      html`<li><bdi>${name}</bdi>${there && html` → <bdi>${there}</bdi>`}${remark && html`<br><span class="soft">${remark}</span>`}</li>`,
  )}</ul></details>`;
}
