import type { Plan, TransferSummary } from '../case/case.ts';
import { planNames } from '../case/eligibility.ts';
import { resultCounts } from '../case/result-counts.ts';
import { bytesText, durationText, grouped, momentText } from '../case/wording.ts';
import { type Html, html, safeHref } from './markup.ts';

/** A transfer that is finished, with the way to its ledger. */
export interface TransferResult extends Omit<TransferSummary, 'ledgerKey'> {
  ledgerHref?: string;
  /** To the page of this run, for colleagues. */
  detailsHref?: string;
}

/** A transfer that is under way. Totals are known when the inventory is done. */
export interface TransferProgress {
  plan: Plan;
  run: number;
  startedAt: string;
  objects: { done: number; total?: number };
  /** Absent where it is not measured by them. */
  bytes?: { done: number; total?: number };
  /** An estimate. */
  secondsLeft?: number;
  /** What it is doing: 一覧の作成, コピー, 照合. */
  phase: string;
  detailsHref?: string;
}

export function transferResult(transfer: TransferResult): Html {
  const counts: [string, number, boolean?][] = [
    ['対象', transfer.objects],
    ['移行済み', transfer.moved],
    ['調整して移行', transfer.altered],
    ['変更なし', transfer.unchanged],
    ['対象外', transfer.skipped],
    ['未確認', transfer.unexplained, transfer.unexplained > 0],
  ];
  return result(
    transfer,
    html`${transfer.run}回目・${momentText(transfer.finishedAt)} 完了・${bytesText(transfer.bytes)}`,
    counts,
  );
}

/** For customers: where everything is now, and not what the last run alone has done. */
export function resultForCustomer(transfer: TransferResult): Html {
  return result(transfer, html`${momentText(transfer.finishedAt)} 完了`, resultCounts(transfer));
}

function result(
  transfer: TransferResult,
  facts: Html,
  counts: readonly [label: string, count: number, bad?: boolean][],
): Html {
  return html`<section class="transfer">
<h3>${planNames[transfer.plan]} <span class="soft">${facts}</span></h3>
<dl class="counts">${counts.map(
    ([label, count, bad]) =>
      html`<div class="${bad ? 'bad' : 'plain'}"><dt>${label}</dt><dd>${grouped(count)}件</dd></div>`,
  )}</dl>
${transfer.remarks?.map((remark) => html`<p class="note">${remark}</p>`)}
${
  transfer.examples &&
  transfer.examples.length > 0 &&
  html`<details><summary>移行しなかったもの（${grouped(transfer.skipped)}件${transfer.examples.length < transfer.skipped && html`のうち${transfer.examples.length}件`}）とその理由</summary>
<table class="list"><thead><tr><th scope="col">対象</th><th scope="col">理由</th></tr></thead><tbody>${transfer.examples.map(
    ({ object, reason }) =>
      html`<tr><td data-label="対象"><bdi>${object}</bdi></td><td data-label="理由">${reason}</td></tr>`,
  )}</tbody></table></details>`
}
${transfer.ledgerHref && records('移行記録（全件の一覧）', transfer.ledgerHref, transfer.objects)}
${details(transfer.detailsHref)}
</section>`;
}

export function transferProgress(progress: TransferProgress): Html {
  const { objects, bytes, secondsLeft } = progress;
  const { done, total = 0 } = bytes?.total ? bytes : objects;
  const known = total > 0;
  const percent = known ? Math.min(100, Math.floor((100 * done) / total)) : undefined;
  const label = `${planNames[progress.plan]}の進み具合`;
  return html`<section class="transfer">
<h3>${planNames[progress.plan]} <span class="badge care">${progress.phase}</span> <span class="soft">${progress.run}回目・${momentText(progress.startedAt)} 開始</span></h3>
${
  known
    ? html`<progress aria-label="${label}" value="${percent}" max="100">${percent}%</progress>`
    : html`<progress aria-label="${label}"></progress>`
}
<dl class="counts"><div><dt>件数</dt><dd>${grouped(objects.done)}${objects.total !== undefined && html` / ${grouped(objects.total)}`}件</dd></div>
${bytes && html`<div><dt>容量</dt><dd>${bytesText(bytes.done)}${bytes.total !== undefined && html` / ${bytesText(bytes.total)}`}</dd></div>`}
${percent !== undefined && html`<div><dt>進捗</dt><dd>${percent}%</dd></div>`}
${secondsLeft !== undefined && html`<div><dt>残り時間の目安</dt><dd>${durationText(secondsLeft)}</dd></div>`}</dl>
${details(progress.detailsHref)}
</section>`;
}

/** Rows that Excel shows of a file, its heading left out. */
const mostRows = 1_048_575;

/** A record for a spreadsheet, and as it is kept, for programs. `rows`: how many lines it has at most. */
export function records(name: string, href: string, rows?: number): Html {
  return html`<p>${name}をダウンロード: <a href="${safeHref(`${href}/csv`)}" download aria-label="${name}の CSV をダウンロード">CSV（Excel 用）</a>・<a href="${safeHref(href)}" download aria-label="${name}の NDJSON をダウンロード">NDJSON（プログラム用）</a></p>
${rows !== undefined && rows > mostRows && html`<p class="soft">Excel で表示できるのは${grouped(mostRows)}件までです。全件は、NDJSON か、件数に上限のないソフトでご確認ください。</p>`}`;
}

function details(href: string | undefined): Html | undefined {
  return href === undefined ? undefined : html`<p><a href="${safeHref(href)}">移行の内容と照合の報告</a></p>`;
}
