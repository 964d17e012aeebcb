import { atJst } from '../../case/calendar.ts';
import type { Invoice } from '../../case/invoice.ts';
import { dayText, reducedNote, reducedRate, yenText } from '../../case/wording.ts';
import { bullets, heading, sum, title } from './blocks.ts';
import { itemRows, items, taxRows } from './money.ts';
import { opening } from './opening.ts';
import { Sheet } from './sheet.ts';
import { table, totals } from './table.ts';

/**
 * 適格請求書: issuer with registration number, day of the transaction, content, sums and tax by rate, recipient
 * (消費税法 57条の4). Nothing on it is computed here.
 */
export async function invoicePdf(invoice: Invoice): Promise<Uint8Array> {
  const sheet = new Sheet({
    title: `請求書 ${invoice.invoiceId}`,
    author: invoice.issuer.name,
    createdAt: atJst(invoice.issuedOn),
    sample: invoice.sample,
    foot: `${invoice.issuer.name}　請求書 ${invoice.invoiceId}${invoice.sample ? '　見本' : ''}`,
  });
  const { postalCode, address, department, person, phone } = invoice.billing;
  title(sheet, '御請求書');
  opening(sheet, {
    recipient: invoice.recipient,
    address: [
      ...(postalCode || address ? [`${postalCode ? `〒${postalCode} ` : ''}${address ?? ''}`] : []),
      ...(department ? [department] : []),
      ...(person && !invoice.recipient.startsWith(person) ? [`${person} 様`] : []),
      ...(phone ? [`電話 ${phone}`] : []),
    ],
    greeting: `下記のとおりご請求申し上げます。\n${invoice.content}`,
    issuer: invoice.issuer,
    facts: [
      ['請求書番号', invoice.invoiceId],
      ['発行日', dayText(invoice.issuedOn)],
      ['取引年月日', dayText(invoice.deliveredOn)],
      ['検収完了日', dayText(invoice.acceptedOn)],
    ],
  });
  sum(sheet, 'ご請求金額（税込）', yenText(invoice.total));
  table(sheet, items, itemRows(invoice.lines));
  totals(sheet, taxRows(invoice));
  heading(sheet, '備考');
  bullets(sheet, [
    `受付番号 ${invoice.caseId}`,
    ...(invoice.lines.some(({ taxRate }) => taxRate === reducedRate) ? [reducedNote] : []),
    `お見積もり ${invoice.quotes.join('、')}`,
    '消費税額は、税率ごとに合計した税抜金額に対して1回の端数処理を行っています。',
  ]);
  return sheet.finish();
}
