import { readFileSync } from 'node:fs';
import type { ObjectLine } from '../../functions/migration/object-line.ts';

/** The ledger as it was downloaded. */
export function ledgerLines(path: string): ObjectLine[] {
  const lines = readFileSync(path, 'utf8').split('\n').filter(Boolean);
  return lines.map((line) => JSON.parse(line) as ObjectLine);
}

/** `対象外 24件: リンク先が…`: what was not simply moved, and why. */
export function reasonsIn(lines: readonly ObjectLine[]): string[] {
  const counts = new Map<string, number>();
  for (const { outcome, why, how } of lines) {
    const reason = outcome === 'skipped' ? `対象外: ${why}` : outcome === 'altered' ? `調整: ${how}` : '';
    if (reason) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  }
  return [...counts].map(([reason, count]) => `${reason}（${count}件）`);
}
