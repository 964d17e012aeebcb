import type { Connection } from 'mysql2';
import { quoteName } from './identifiers.ts';
import { rowOf, rowsOf } from './query.ts';
import type { Table } from './schema.ts';

/**
 * A part of a table's rows: integers above `after` up to and with `upTo` in the first column of its key. The first part
 * has no lower end and the last no upper one, so that together they hold every row that either server may have. A table
 * that cannot be cut has one part with neither end.
 */
export interface Range {
  /** Decimal: BIGINT does not fit a number. */
  after?: string;
  upTo?: string;
}

export function rangeWhere(table: Table, range: Range): string {
  const column = table.key?.ranged ? quoteName(table.key.columns[0]!) : '';
  const parts = [
    ...(range.after === undefined ? [] : [`${column} > ${range.after}`]),
    ...(range.upTo === undefined ? [] : [`${column} <= ${range.upTo}`]),
  ];
  return parts.length > 0 ? `WHERE ${parts.join(' AND ')}` : '';
}

/** For people: `id 1001–2000`. */
export function describeRange(table: Table, { after, upTo }: Range): string {
  const column = table.key?.columns[0];
  if (after === undefined && upTo === undefined) return '全行';
  const from = after === undefined ? '' : String(BigInt(after) + 1n);
  return `${column} ${from}–${upTo ?? ''}`;
}

/** In the order of the key, where the order of the key is the same on every server. */
export function rangeOrder(table: Table): string {
  const types = new Map(table.columns.map((column) => [column.name, column.type]));
  const plain = table.key?.columns.every((name) =>
    /int$|^(date|datetime|decimal)$/.test(types.get(name) ?? ''),
  );
  return plain ? `ORDER BY ${table.key!.columns.map(quoteName).join(', ')}` : '';
}

/** Cuts a table into parts of about `bytes`; asks the server for estimates only, reads no row. */
export async function cutIntoRanges(connection: Connection, table: Table, bytes: number): Promise<Range[]> {
  const wanted = Math.ceil(table.bytes / bytes);
  if (!table.key?.ranged || wanted < 2) return [{}];
  const column = quoteName(table.key.columns[0]!);
  const name = quoteName(table.name);
  const ends = await rowOf(connection, `SELECT MIN(${column}) AS low, MAX(${column}) AS high FROM ${name}`);
  if (ends.low === null || ends.low === undefined) return [{}];
  const [low, high] = [BigInt(ends.low), BigInt(ends.high!)];
  const limit = Math.max(Math.ceil(table.rows / wanted), 1);
  const estimate = async (after: bigint, upTo: bigint) => {
    const where = `${column} > ${after} AND ${column} <= ${upTo}`;
    const rows = await rowsOf(connection, `EXPLAIN SELECT ${column} FROM ${name} WHERE ${where}`);
    return Number(rows[0]?.rows ?? 0);
  };
  const bounds: bigint[] = [];
  const step = (high - low) / BigInt(wanted) + 1n;
  for (let after = low - 1n; after < high; after += step) {
    const upTo = after + step < high ? after + step : high;
    bounds.push(...(await halve(after, upTo, limit * 2, estimate)), upTo);
  }
  bounds.pop();
  return [undefined, ...bounds].map((after, index) => {
    const upTo = bounds[index];
    return {
      ...(after !== undefined && { after: String(after) }),
      ...(upTo !== undefined && { upTo: String(upTo) }),
    };
  });
}

/** Keys are not spread evenly: a part with far too many rows is halved until it fits. Returns the bounds within. */
async function halve(
  after: bigint,
  upTo: bigint,
  limit: number,
  estimate: (after: bigint, upTo: bigint) => Promise<number>,
): Promise<bigint[]> {
  if (upTo - after < 2n || (await estimate(after, upTo)) <= limit) return [];
  const middle = after + (upTo - after) / 2n;
  return [
    ...(await halve(after, middle, limit, estimate)),
    middle,
    ...(await halve(middle, upTo, limit, estimate)),
  ];
}
