import { createHash } from 'node:crypto';
import type { Connection } from 'mysql2';
import { type Checksum, equalLooks } from '../column-facts.ts';
import type { DatabaseLine } from '../line.ts';
import { type ComparedTable, locateDifference } from '../locate-difference.ts';
import { type Comparison, changedSince } from '../pair.ts';
import { checksumOf } from './checksum.ts';
import { lookAt } from './column-facts.ts';
import { definitionHash, type MysqlEnd } from './ends.ts';
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

/** Row count, checksum and facts of each column on both servers; a difference is followed to its key range and column. */
export async function compareRows(ends: BothEnds, table: Table, line: DatabaseLine): Promise<Comparison> {
  const range = line.range ?? {};
  if (definitionHash(table.create) !== line.definition)
    return { result: 'differs', remark: changedSince(line) };
  const compared = comparedTable(ends, table);
  const { source, target } = await look(ends, table, range);
  if (equalLooks(source, target)) return { result: 'match' };
  if (await isAsDelivered(ends, table, line, target)) {
    return {
      result: 'changed-at-source',
      remark: `${table.name} ${describeRange(table, range)}: 移行後に移行元で変更`,
    };
  }
  return { result: 'differs', remark: await locateDifference(compared, range) };
}

async function look({ source, target, repaired }: BothEnds, table: Table, range: Range, hashed = false) {
  const where = rangeWhere(table, range);
  const [atSource, atTarget] = await Promise.all([
    lookAt(source, table, where, { hashed, repaired: repaired.get(table.name) }),
    lookAt(target, table, where, { hashed }),
  ]);
  return { source: atSource, target: atTarget };
}

function comparedTable(ends: BothEnds, table: Table): ComparedTable {
  const { source, target, repaired } = ends;
  return {
    name: table.name,
    checksums: async (range) => {
      const where = rangeWhere(table, range);
      const [atSource, atTarget] = await Promise.all([
        checksumOf(source, table, where, table.columns, repaired.get(table.name)),
        checksumOf(target, table, where),
      ]);
      return { source: atSource, target: atTarget };
    },
    look: (range) => look(ends, table, range, true),
    keysIn: (range) => keysIn(ends, table, range),
    describe: (range) => describeRange(table, range),
  };
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

async function keysIn(
  { source, target }: BothEnds,
  table: Table,
  range: Range,
): Promise<[bigint, bigint] | undefined> {
  if (!table.key?.ranged) return undefined;
  const key = quoteName(table.key.columns[0]!);
  const sql = `SELECT MIN(${key}) AS low, MAX(${key}) AS high FROM ${quoteName(table.name)} ${rangeWhere(table, range)}`;
  const found = [await rowOf(source, sql), await rowOf(target, sql)].filter(({ low }) => low !== null);
  const keys = found
    .flatMap(({ low, high }) => [BigInt(low!), BigInt(high!)])
    .sort((a, b) => (a < b ? -1 : 1));
  return keys.length === 0 ? undefined : [keys[0]!, keys.at(-1)!];
}
