import type { Quote } from '../../case/quote.ts';
import { grouped, yenText } from '../../case/wording.ts';
import type { Column } from './table.ts';

export const items: readonly Column[] = [
  { title: '項目', width: 217 },
  { title: '数量', width: 62, align: 'right' },
  { title: '単価（税抜）', width: 82, align: 'right' },
  { title: '税率', width: 44, align: 'right' },
  { title: '金額（税抜）', width: 94, align: 'right' },
];

/** The reduced rate (軽減税率) since 2019; its lines are marked on an invoice, as the law wants it. */
export const reducedRate = 8;

export function itemRows(lines: Quote['lines']): string[][] {
  return lines.map(({ label, quantity, unit, unitPrice, taxRate, amount }) => [
    taxRate === reducedRate ? `${label} ※` : label,
    `${grouped(quantity)} ${unit}`,
    yenText(unitPrice),
    `${taxRate}%`,
    yenText(amount),
  ]);
}

export const reducedNote = `※印は軽減税率（${reducedRate}%）の対象です。`;

/** Base and tax by rate, as they were rounded, then the sum. */
export function taxRows({ taxes, total }: Pick<Quote, 'taxes' | 'total'>): [string, string][] {
  return [
    ...taxes.flatMap(({ rate, base, tax }): [string, string][] => [
      [`${rate}%対象（税抜）`, yenText(base)],
      [`消費税（${rate}%）`, yenText(tax)],
    ]),
    ['合計（税込）', yenText(total)],
  ];
}
