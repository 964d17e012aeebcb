import type { Quote } from '../../case/quote.ts';
import { grouped, reducedRate, yenText } from '../../case/wording.ts';
import type { Column } from './table.ts';

export const items: readonly Column[] = [
  { title: '項目', width: 217 },
  { title: '数量', width: 62, align: 'right' },
  { title: '単価（税抜）', width: 82, align: 'right' },
  { title: '税率', width: 44, align: 'right' },
  { title: '金額（税抜）', width: 94, align: 'right' },
];

export function itemRows(lines: Quote['lines']): string[][] {
  return lines.map(({ label, quantity, unit, unitPrice, taxRate, amount }) => [
    taxRate === reducedRate ? `${label} ※` : label,
    `${grouped(quantity)} ${unit}`,
    yenText(unitPrice),
    `${taxRate}%`,
    yenText(amount),
  ]);
}

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
