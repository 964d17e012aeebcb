import { expect, test } from '@jest/globals';
import { parseCsv } from '../../functions/case/csv.ts';
import type { Invoice } from '../../functions/case/invoice.ts';
import { invoicesCsv } from '../../functions/pages/console/invoices-csv.ts';
import { invoiceOf } from '../letters/samples.ts';

async function rowsOf(invoices: readonly Invoice[]): Promise<Record<string, string>[]> {
  const pieces: Uint8Array[] = [];
  for await (const piece of invoicesCsv(invoices)) pieces.push(piece);
  const csv = Buffer.concat(pieces).toString();
  expect(csv.startsWith('\ufeff"請求書番号","受付番号",')).toBe(true);
  const [head, ...rows] = parseCsv(csv.slice(1), { rows: 100, columns: 20, cell: 1_000 });
  return rows.map(({ cells }) => Object.fromEntries(cells.map((cell, at) => [head!.cells[at], cell])));
}

test('a line for each rate, and the lines of an invoice add up to its total', async () => {
  const taxes = [
    { rate: 10, base: 105, tax: 10 },
    { rate: 8, base: 1_000, tax: 80 },
  ];
  const rows = await rowsOf([invoiceOf({ taxes, total: 1_195 }), invoiceOf({ invoiceId: 'INV-2' })]);
  expect(rows.slice(0, 2)).toMatchObject([
    { 請求書番号: 'INV-HK-7K3M-Q2T9', '税率（%）': '10', '税抜（円）': '105', '税込（円）': '115' },
    { 請求書番号: 'INV-HK-7K3M-Q2T9', '税率（%）': '8', '消費税（円）': '80', '税込（円）': '1080' },
  ]);
  const sum = rows.slice(0, 2).reduce((total, row) => total + Number(row['税込（円）']), 0);
  expect(sum).toBe(Number(rows[0]?.['請求書の合計（円）']));
  expect(rows.at(-1)).toMatchObject({ 請求書番号: 'INV-2' });
});

test('what a customer has typed is no formula', async () => {
  const billing = { person: '=1+1', department: '@部署', address: '－1', phone: '+81 3 1234 5678' };
  const [row] = await rowsOf([invoiceOf({ recipient: '=cmd|x 御中', billing })]);
  expect(Object.values(row ?? {}).filter((cell) => /^\s*[=+\-@＝＋－＠]/.test(cell))).toEqual([]);
  expect(row?.宛先).toBe("'=cmd|x 御中");
});

test('without an invoice there are the headings', async () => {
  expect(await rowsOf([])).toEqual([]);
});
