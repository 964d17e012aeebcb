import { createHash } from 'node:crypto';
import { to as copyTo } from 'pg-copy-streams';
import { type Checksum, equalLooks } from '../column-facts.ts';
import type { DatabaseLine } from '../line.ts';
import { type ComparedTable, locateDifference } from '../locate-difference.ts';
import { type Comparison, changedSince } from '../pair.ts';
import { checksumOf, lookAt } from './checksum.ts';
import type { PostgresqlEnd, Session } from './ends.ts';
import { quoteName } from './identifiers.ts';
import { readStatement } from './postgresql-worker.ts';
import { describeRange, type Range, rangeWhere } from './ranges.ts';
import { rowsHash, type Table, tableName } from './read-tables.ts';

export interface BothEnds {
  source: Session;
  target: Session;
  targetEnd: PostgresqlEnd;
}

/** Row count, checksum and facts of each column on both servers; a difference is followed to its key range and column. */
export async function compareRows(ends: BothEnds, table: Table, line: DatabaseLine): Promise<Comparison> {
  const range = line.range ?? {};
  if (rowsHash(table) !== line.definition) return { result: 'differs', remark: changedSince(line) };
  const compared = comparedTable(ends, table);
  const { source, target } = await look(ends, table, range);
  if (equalLooks(source, target)) return { result: 'match' };
  if (await isAsDelivered(ends.targetEnd, table, line, target)) {
    const place = `${compared.name} ${describeRange(table, range)}`;
    return { result: 'changed-at-source', remark: `${place}: 移行後に移行元で変更` };
  }
  return { result: 'differs', remark: await locateDifference(compared, range) };
}

async function look({ source, target }: BothEnds, table: Table, range: Range, hashed = false) {
  const where = rangeWhere(table, range);
  const [atSource, atTarget] = await Promise.all([
    lookAt(source, table, where, { hashed }),
    lookAt(target, table, where, { hashed }),
  ]);
  return { source: atSource, target: atTarget };
}

function comparedTable(ends: BothEnds, table: Table): ComparedTable {
  return {
    name: `${table.schema}.${table.name}`,
    checksums: async (range) => {
      const where = rangeWhere(table, range);
      const [source, target] = await Promise.all([
        checksumOf(ends.source, table, where),
        checksumOf(ends.target, table, where),
      ]);
      return { source, target };
    },
    look: (range) => look(ends, table, range, true),
    keysIn: (range) => keysIn(ends, table, range),
    describe: (range) => describeRange(table, range),
  };
}

async function keysIn(
  { source, target }: BothEnds,
  table: Table,
  range: Range,
): Promise<[bigint, bigint] | undefined> {
  if (table.key === undefined) return undefined;
  const key = quoteName(table.key);
  const sql = `SELECT MIN(${key})::text AS low, MAX(${key})::text AS high FROM ONLY ${tableName(table)} ${rangeWhere(table, range)}`;
  const found = [await source.query(sql), await target.query(sql)].map(({ rows }) => rows[0]);
  const keys = found
    .filter(({ low }) => low !== null)
    .flatMap(({ low, high }) => [BigInt(low), BigInt(high)])
    .sort((a, b) => (a < b ? -1 : 1));
  return keys.length === 0 ? undefined : [keys[0]!, keys.at(-1)!];
}

/** The target still holds exactly what was moved: the same text, or the checksum that both ends once had. */
async function isAsDelivered(
  end: PostgresqlEnd,
  table: Table,
  line: DatabaseLine,
  there: Checksum,
): Promise<boolean> {
  if (line.checksum !== undefined) return line.checksum === `${there.rows} ${there.sum}`;
  if (line.sha256 === undefined || !table.unique || String(line.rows) !== there.rows) return false;
  const reader = await end.connect();
  try {
    const hash = createHash('sha256');
    for await (const piece of reader.query(copyTo(readStatement(table, line)))) hash.update(piece as Buffer);
    return hash.digest('hex') === line.sha256;
  } finally {
    end.discard(reader);
  }
}
