import type { Person } from '../../case/identity.ts';
import type { Invoice } from '../../case/invoice.ts';
import { dayText, yenText } from '../../case/wording.ts';
import { html, safeHref } from '../markup.ts';
import type { Site } from '../site.ts';
import { consolePage, consolePaths } from './shell.ts';

export interface InvoicesView {
  site: Site;
  person: Person;
  invoices: readonly (Pick<
    Invoice,
    'invoiceId' | 'caseId' | 'issuedOn' | 'deliveredOn' | 'recipient' | 'taxes' | 'total'
  > & {
    pdfHref?: string;
  })[];
}

/** What finance bills, with the sums that are entered into the books. */
export function invoicesPage({ site, person, invoices }: InvoicesView): string {
  const base = sum(invoices.map((invoice) => sum(invoice.taxes.map((tax) => tax.base))));
  const tax = sum(invoices.map((invoice) => sum(invoice.taxes.map((one) => one.tax))));
  return consolePage({
    site,
    person,
    title: '請求一覧',
    at: 'invoices',
    body: html`<h1>請求一覧</h1>
${
  invoices.length === 0
    ? html`<p class="card">請求はまだありません。検収が完了すると、ここに表示されます。</p>`
    : html`<dl class="counts cards"><div><dt>件数</dt><dd>${invoices.length}件</dd></div><div><dt>税抜</dt><dd>${yenText(base)}</dd></div><div><dt>消費税</dt><dd>${yenText(tax)}</dd></div><div><dt>合計（税込）</dt><dd>${yenText(base + tax)}</dd></div></dl>
<table class="list"><thead><tr><th scope="col">請求書番号</th><th scope="col">宛先</th><th scope="col">発行日</th><th scope="col">完了日</th><th scope="col" class="n">税抜</th><th scope="col" class="n">消費税</th><th scope="col" class="n">合計（税込）</th><th scope="col">書類</th></tr></thead>
<tbody>${invoices.map(
        (
          invoice,
        ) => html`<tr><td data-label="請求書番号"><a class="figures nowrap" href="${consolePaths.case(invoice.caseId)}">${invoice.invoiceId}</a></td>
<td data-label="宛先">${invoice.recipient}</td><td data-label="発行日">${dayText(invoice.issuedOn)}</td><td data-label="完了日">${dayText(invoice.deliveredOn)}</td>
<td class="n" data-label="税抜">${yenText(sum(invoice.taxes.map((one) => one.base)))}</td><td class="n" data-label="消費税">${invoice.taxes.map((one) => html`<span>${one.rate}%: ${yenText(one.tax)}</span><br>`)}</td>
<td class="n" data-label="合計">${yenText(invoice.total)}</td><td data-label="書類">${invoice.pdfHref ? html`<a href="${safeHref(invoice.pdfHref)}" download class="nowrap">PDF</a>` : '―'}</td></tr>`,
      )}</tbody></table>
<p class="send"><a class="button" href="${consolePaths.invoicesCsv}" download>一覧を CSV（Excel 用）で保存</a></p>`
}`,
  });
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
