import type { Session } from './ends.ts';
import { quoteName } from './identifiers.ts';
import { type Table, tableName } from './read-tables.ts';

/** As in MySQL's ranges: above `after`, up to and with `upTo`; the first and the last are open. */
export interface Range {
  after?: string;
  upTo?: string;
}

export function rangeWhere(table: Table, { after, upTo }: Range): string {
  const key = table.key === undefined ? '' : quoteName(table.key);
  const parts = [
    ...(after === undefined ? [] : [`${key} > ${BigInt(after)}`]),
    ...(upTo === undefined ? [] : [`${key} <= ${BigInt(upTo)}`]),
  ];
  return parts.length > 0 ? `WHERE ${parts.join(' AND ')}` : '';
}

export function describeRange(table: Table, { after, upTo }: Range): string {
  if (after === undefined && upTo === undefined) return '全行';
  const from = after === undefined ? '' : String(BigInt(after) + 1n);
  return `${table.key} ${from}–${upTo ?? ''}`;
}

/** Cuts by the key's least and greatest value, which its index knows; halves by the planner's estimate where it is uneven. */
export async function cutIntoRanges(session: Session, table: Table, bytes: number): Promise<Range[]> {
  const wanted = Math.ceil(table.bytes / bytes);
  if (table.key === undefined || wanted < 2) return [{}];
  const key = quoteName(table.key);
  const { rows } = await session.query(
    `SELECT MIN(${key})::text AS low, MAX(${key})::text AS high FROM ONLY ${tableName(table)}`,
  );
  if (rows[0]?.low == null) return [{}];
  const [low, high] = [BigInt(rows[0].low), BigInt(rows[0].high)];
  const limit = Math.max(Math.ceil(table.rows / wanted), 1) * 2;
  const bounds: bigint[] = [];
  const step = (high - low) / BigInt(wanted) + 1n;
  const halve = async (after: bigint, upTo: bigint): Promise<void> => {
    if (upTo - after >= 2n && (await estimate(session, table, after, upTo)) > limit) {
      const middle = after + (upTo - after) / 2n;
      await halve(after, middle);
      return halve(middle, upTo);
    }
    bounds.push(upTo);
  };
  for (let after = low - 1n; after < high; after += step) {
    await halve(after, after + step < high ? after + step : high);
  }
  bounds.pop();
  return [undefined, ...bounds].map((after, index) => ({
    ...(after !== undefined && { after: String(after) }),
    ...(bounds[index] !== undefined && { upTo: String(bounds[index]) }),
  }));
}

async function estimate(session: Session, table: Table, after: bigint, upTo: bigint): Promise<number> {
  const where = rangeWhere(table, { after: String(after), upTo: String(upTo) });
  const { rows } = await session.query(
    `EXPLAIN (FORMAT JSON) SELECT 1 FROM ONLY ${tableName(table)} ${where}`,
  );
  return Number(rows[0]?.['QUERY PLAN']?.[0]?.Plan?.['Plan Rows'] ?? 0);
}
