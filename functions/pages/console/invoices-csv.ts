import { csvLine } from '../../case/csv.ts';
import type { Invoice } from '../../case/invoice.ts';

const columns = [
  ...[
    '請求書番号',
    '受付番号',
    '宛先',
    '部署',
    'ご担当者',
    '郵便番号',
    '住所',
    '電話番号',
    '内容',
    '見積番号',
  ],
  ...[
    '発行日',
    '完了日',
    '検収日',
    '税率（%）',
    '税抜（円）',
    '消費税（円）',
    '税込（円）',
    '請求書の合計（円）',
  ],
];

/**
 * What is entered into the books: a line for each rate of each invoice (the invoice's total stands on each), for
 * spreadsheets and accounting programs: UTF-8 with a byte order mark, yen without commas, formulas made harmless.
 */
export async function* invoicesCsv(invoices: readonly Invoice[]): AsyncGenerator<Uint8Array> {
  yield Buffer.from(`\ufeff${csvLine(columns)}`);
  for (const invoice of invoices) {
    const { billing, taxes } = invoice;
    const rows = taxes.map(({ rate, base, tax }) =>
      csvLine([
        ...[invoice.invoiceId, invoice.caseId, invoice.recipient],
        ...[billing.department, billing.person, billing.postalCode, billing.address, billing.phone].map(
          (text) => text ?? '',
        ),
        ...[invoice.content, invoice.quotes.join('、')],
        ...[invoice.issuedOn, invoice.deliveredOn, invoice.acceptedOn],
        ...[rate, base, tax, base + tax, invoice.total].map(String),
      ]),
    );
    yield Buffer.from(rows.join(''));
  }
}
