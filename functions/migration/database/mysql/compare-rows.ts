import { createHash } from 'node:crypto';
import type { Connection } from 'mysql2';
import type { DatabaseLine } from '../line.ts';
import type { Comparison } from '../pair.ts';
import { type Checksum, checksumOf, equalChecksums } from './checksum.ts';
import type { MysqlEnd } from './ends.ts';
import { quoteName } from './identifiers.ts';
import { rowOf } from './query.ts';
import { describeRange, type Range, rangeOrder, rangeWhere } from './ranges.ts';
import { readRows } from './read-rows.ts';
import { ownColumns, type Table } from './schema.ts';
import { readList } from './select-columns.ts';

export interface BothEnds {
  source: Connection;
  target: Connection;
  targetEnd: MysqlEnd;
  repaired: ReadonlyMap<string, ReadonlySet<string>>;
}

/** Row count and checksum on both servers; a difference is followed to its key range and column. */
export async function compareRows(ends: BothEnds, table: Table, line: DatabaseLine): Promise<Comparison> {
  const range = line.range ?? {};
  const both = await checksums(ends, table, range);
  if (equalChecksums(both.source, both.target)) return { result: 'match' };
  if (await isAsDelivered(ends, table, line, both.target)) {
    return {
      result: 'changed-at-source',
      remark: `${table.name} ${describeRange(table, range)}: 移行後に移行元で変更`,
    };
  }
  return { result: 'differs', remark: await describeDifference(ends, table, range, both) };
}

interface Both {
  source: Checksum;
  target: Checksum;
}

async function checksums(
  { source, target, repaired }: BothEnds,
  table: Table,
  range: Range,
  columns = table.columns,
): Promise<Both> {
  const where = rangeWhere(table, range);
  const [atSource, atTarget] = await Promise.all([
    checksumOf(source, table, where, columns, repaired.get(table.name)),
    checksumOf(target, table, where, columns),
  ]);
  return { source: atSource, target: atTarget };
}

/** The target still holds exactly what was moved: the same text, or the checksum that both ends once had. */
async function isAsDelivered(
  ends: BothEnds,
  table: Table,
  line: DatabaseLine,
  target: Checksum,
): Promise<boolean> {
  if (line.checksum !== undefined) {
    const own = await checksumOf(ends.target, table, rangeWhere(table, line.range ?? {}), ownColumns(table));
    return line.checksum === `${own.rows} ${own.sum}`;
  }
  if (line.sha256 === undefined || rangeOrder(table) === '' || ends.repaired.has(table.name)) return false;
  if (String(line.rows) !== target.rows) return false;
  const where = rangeWhere(table, line.range ?? {});
  const reader = await ends.targetEnd.connect({ raw: true });
  try {
    const sql = `SELECT ${readList(table)} FROM ${quoteName(table.name)} ${where} ${rangeOrder(table)}`;
    const hash = createHash('sha256');
    for await (const piece of readRows(reader, sql, ownColumns(table).length).text)
      hash.update(piece as Buffer);
    return hash.digest('hex') === line.sha256;
  } finally {
    ends.targetEnd.discard(reader);
  }
}

async function describeDifference(ends: BothEnds, table: Table, range: Range, both: Both): Promise<string> {
  const narrow = await narrowed(ends, table, range);
  const columns: string[] = [];
  if (both.source.rows === both.target.rows) {
    for (const column of table.columns) {
      const one = await checksums(ends, table, narrow, [column]);
      if (!equalChecksums(one.source, one.target)) columns.push(column.name);
    }
  }
  const rows = `移行元${both.source.rows}行、移行先${both.target.rows}行`;
  const where = columns.length > 0 ? `列 ${columns.join('、')}` : rows;
  return `${table.name} ${describeRange(table, narrow)}: ${where}`;
}

/** Halves the range for as long as one half alone differs; a few dozen queries at most. */
async function narrowed(ends: BothEnds, table: Table, range: Range): Promise<Range> {
  if (!table.key?.ranged) return range;
  let [low, high] = await endsOf(ends, table, range);
  while (high - low > 1n) {
    const middle = low + (high - low) / 2n;
    const below = await checksums(ends, table, { after: String(low), upTo: String(middle) });
    const above = await checksums(ends, table, { after: String(middle), upTo: String(high) });
    const [lower, upper] = [below, above].map(({ source, target }) => equalChecksums(source, target));
    if (lower === upper) break;
    if (lower) low = middle;
    else high = middle;
  }
  return { after: String(low), upTo: String(high) };
}

/** Where a range is open, the lowest and highest key that either server has. */
async function endsOf({ source, target }: BothEnds, table: Table, range: Range): Promise<[bigint, bigint]> {
  const key = quoteName(table.key!.columns[0]!);
  const sql = `SELECT MIN(${key}) AS low, MAX(${key}) AS high FROM ${quoteName(table.name)} ${rangeWhere(table, range)}`;
  const found = [await rowOf(source, sql), await rowOf(target, sql)].filter(({ low }) => low !== null);
  const keys = found
    .flatMap(({ low, high }) => [BigInt(low!), BigInt(high!)])
    .sort((a, b) => (a < b ? -1 : 1));
  return [(keys[0] ?? 0n) - 1n, keys.at(-1) ?? 0n];
}
