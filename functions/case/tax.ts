import type { TaxTotal } from './quote.ts';

/**
 * Consumption tax: rounded once per rate per document, never per line (消費税法基本通達 1-8-15), and down, which the
 * issuer may choose and which never charges a customer more than the exact tax. 105 yen x 3 at 10 % is 31.
 * Yen; highest rate first.
 */
export function taxTotals(lines: readonly { amount: number; taxRate: number }[]): TaxTotal[] {
  const bases = new Map<number, number>();
  for (const { amount, taxRate } of lines) {
    if (!Number.isSafeInteger(amount) || amount < 0) throw new RangeError('yen are whole and not negative');
    if (!Number.isSafeInteger(taxRate) || taxRate < 0 || taxRate > 100)
      throw new RangeError('a rate is 0 to 100 %');
    bases.set(taxRate, (bases.get(taxRate) ?? 0) + amount);
  }
  return [...bases]
    .sort(([a], [b]) => b - a)
    .map(([rate, base]) => ({ rate, base, tax: Number((BigInt(base) * BigInt(rate)) / 100n) }));
}

/** Yen with tax. */
export function totalOf(taxes: readonly TaxTotal[]): number {
  return taxes.reduce((sum, { base, tax }) => sum + base + tax, 0);
}
