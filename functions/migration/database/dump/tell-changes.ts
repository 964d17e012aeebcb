import type { Connection } from 'mysql2';
import { rowsOf } from '../mysql/query.ts';
import { harmless } from './refuse-losses.ts';

/** Of a column that became a larger type: the server only notes it. */
const otherType = 1246;

/**
 * Where a server makes something else than a definition says (another engine, a larger type, no row format), it only
 * warns: in words for the ledger.
 */
export async function tellChanges(target: Connection): Promise<string[]> {
  const warnings = await rowsOf(target, 'SHOW WARNINGS');
  const codes = warnings
    .filter(
      ({ Level, Code }) => Number(Code) === otherType || (Level !== 'Note' && !harmless.has(Number(Code))),
    )
    .map(({ Code }) => `移行先のサーバーが定義の一部を変更(警告${Code})`);
  return [...new Set(codes)];
}
