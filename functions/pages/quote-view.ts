import type { Quote } from '../case/quote.ts';
import {
  dateText,
  grouped,
  momentText,
  quoteNames,
  reducedNote,
  reducedRate,
  yenText,
} from '../case/wording.ts';
import { type Html, html } from './markup.ts';

/** 御見積書 as a sheet of paper. Everything on it is the quote's own, so it looks the same for ever. */
export function quoteSheet(quote: Quote, heading: 'h1' | 'h2' = 'h1'): Html {
  const { issuer } = quote;
  return html`<article class="sheet" aria-label="御見積書 ${quote.number}">
${quote.sample && html`<div class="mark" aria-hidden="true">見本</div>`}
${heading === 'h1' ? html`<h1>御見積書</h1>` : html`<p class="paper-title"><strong>御見積書</strong></p>`}
<div class="parties"><div>
<p class="recipient">${quote.recipient}</p>
<p>${quoteNames[quote.kind]}を、下記のとおりご提示いたします。${quote.sample && html`<strong>（見本）</strong>`}</p>
</div><div>
<dl class="paper-facts">
<dt>見積番号</dt><dd class="figures">${quote.number}</dd>
<dt>発行日</dt><dd>${dateText(quote.issuedAt)}</dd>
<dt>有効期限</dt><dd>${momentText(quote.validUntil)}</dd>
</dl>
<p class="issuer"><strong>${issuer.name}</strong><br>${issuer.department}<br>〒${issuer.postalCode} ${issuer.address}<br>電話 ${issuer.phone}<br>登録番号 ${issuer.registrationNumber}</p>
</div></div>
<p class="sum"><span>御見積金額（税込）</span><b class="nowrap">${yenText(quote.total)}</b></p>
${quote.kind === 'simple' && html`<p class="not-orderable">本見積ではお申し込みいただけません。</p>`}
${quoteItems(quote)}
${points('作業の範囲', quote.scope)}
${points('範囲に含まれないもの', quote.exclusions)}
${points('前提条件', quote.assumptions)}
${points(quote.kind === 'simple' ? 'ご注意' : 'お申込み方法・ご注意', quote.notes)}
<p class="fine">料金規定 ${quote.rules}・内容の照合値 <span class="figures">${quote.sha256.slice(0, 16)}</span></p>
</article>`;
}

/** Lines and totals: tax is stated by rate, as it was rounded. */
export function quoteItems({ lines, taxes, total }: Pick<Quote, 'lines' | 'taxes' | 'total'>): Html {
  return html`<table class="items">
<caption class="unseen">明細（単位: 円）</caption>
<thead><tr><th scope="col">項目</th><th scope="col" class="n">数量</th><th scope="col" class="n">単価（税抜）</th><th scope="col" class="n">税率</th><th scope="col" class="n">金額（税抜）</th></tr></thead>
<tbody>${lines.map(
    (
      line,
    ) => html`<tr><td>${line.label}${line.taxRate === reducedRate && ' ※'}</td><td class="n" data-label="数量">${grouped(line.quantity)}${line.unit}</td>
<td class="n" data-label="単価">${yenText(line.unitPrice)}</td><td class="n" data-label="税率">${line.taxRate}%</td><td class="n">${yenText(line.amount)}</td></tr>`,
  )}</tbody>
<tfoot>${taxes.map(
    ({
      rate,
      base,
      tax,
    }) => html`<tr><th scope="row" colspan="4">${rate}%対象（税抜）</th><td class="n">${yenText(base)}</td></tr>
<tr><th scope="row" colspan="4">消費税（${rate}%）</th><td class="n">${yenText(tax)}</td></tr>`,
  )}<tr><th scope="row" colspan="4">合計（税込）</th><td class="n">${yenText(total)}</td></tr></tfoot>
</table>${lines.some(({ taxRate }) => taxRate === reducedRate) && html`<p class="soft">${reducedNote}</p>`}`;
}

function points(title: string, items: readonly string[]): Html | false {
  return items.length > 0 && html`<h2>${title}</h2><ul>${items.map((item) => html`<li>${item}</li>`)}</ul>`;
}
