import type { Quote } from '../../case/quote.ts';
import { type Html, html, lines } from '../markup.ts';
import { quoteItems } from '../quote-view.ts';

/** What staff are about to approve (R31), or why it cannot be made. */
export type DraftQuote =
  | Pick<Quote, 'lines' | 'taxes' | 'total' | 'scope' | 'exclusions' | 'assumptions'>
  | string;

export function draftQuoteCard(draft: DraftQuote | undefined): Html | false {
  if (draft === undefined) return false;
  if (typeof draft === 'string')
    return html`<section class="note bad"><h2>お見積もりを作成できません</h2><p>${lines(draft)}</p></section>`;
  const { scope, exclusions, assumptions } = draft;
  return html`<section class="card"><h2>下書きのお見積もり</h2>
<p class="soft">環境調査報告とヒアリングシートから作成しました。上で選び直す修正と、追加する作業時間は、まだ反映されていません。</p>
${quoteItems(draft)}
<details><summary>作業の範囲と前提条件</summary>${points('作業の範囲', scope)}${points('範囲に含まれないもの', exclusions)}${points('前提条件', assumptions)}</details></section>`;
}

function points(title: string, items: readonly string[]): Html {
  return html`<h3>${title}</h3><ul>${items.map((item) => html`<li>${item}</li>`)}</ul>`;
}
