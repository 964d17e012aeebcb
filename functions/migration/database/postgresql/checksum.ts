import { type Checksum, type Looked, readFacts } from '../column-facts.ts';
import type { Session } from './ends.ts';
import { quoteName } from './identifiers.ts';
import { type Column, type Table, tableName } from './read-tables.ts';

/** Floats by their bits: versions before 12 print them otherwise. The rest has one text under the session's settings. */
function canonical({ name, type }: Column): string {
  const column = quoteName(name);
  if (type === 'float4' || type === 'float8') return `pg_catalog.${type}send(${column})`;
  return column;
}

/** Order-free, over UTF-8 whatever the server's own encoding is: the sum over 64 bits of each row's MD5. */
export function sumOf(columns: readonly Column[]): string {
  const row = `pg_catalog.convert_to(ROW(${columns.map(canonical).join(', ')})::text, 'UTF8')`;
  const hash = `('x' || pg_catalog.substr(pg_catalog.md5(${row}), 1, 16))::bit(64)::bigint`;
  return `COALESCE(SUM(${hash}::numeric), 0)::text`;
}

export async function checksumOf(session: Session, table: Table, where: string): Promise<Checksum> {
  const { rows } = await session.query(
    `SELECT COUNT(*)::text AS n, ${sumOf(table.columns)} AS total FROM ONLY ${tableName(table)} ${where}`,
  );
  return { rows: String(rows[0].n), sum: String(rows[0].total) };
}

/** Row count, checksum and each column's facts in one reading: of one moment. `hashed`: each column with a hash of its own. */
export async function lookAt(
  session: Session,
  table: Table,
  where: string,
  { hashed = false } = {},
): Promise<Looked> {
  const facts = table.columns.map((column, index) => `${factsOf(column, hashed)} AS c${index}`);
  const { rows } = await session.query(
    `SELECT ${['COUNT(*)::text AS n', `${sumOf(table.columns)} AS total`, ...facts].join(', ')} FROM ONLY ${tableName(table)} ${where}`,
  );
  const columns = table.columns.map(({ name }, index) => readFacts(name, rows[0][`c${index}`]));
  return { rows: String(rows[0].n), sum: String(rows[0].total), columns };
}

/** Types whose equal values have one text, so that their least and greatest are told in their own order. */
const plain = /^(int[248]|date|time|timestamp|timestamptz)$/;
const textual = /^(text|varchar|bpchar|name|json|xml)$/;
/** Of other values the least and greatest are told by their first characters, in the order of their bytes. */
const firstCharacters = 32;

function factsOf(column: Column, hashed: boolean): string {
  const name = quoteName(column.name);
  const value = plain.test(column.type) ? name : inBytes(column);
  const parts = [
    `COUNT(${name})`,
    characters(column),
    `COALESCE(pg_catalog.md5(MIN(${value})::text), '')`,
    `COALESCE(pg_catalog.md5(MAX(${value})::text), '')`,
    hashed ? sumOf([column]) : "''",
  ];
  return `pg_catalog.concat_ws(',', ${parts.join(', ')})`;
}

/** As readFacts reads them, of those facts that add up. */
export function addedFactsOf(column: Column): string {
  const parts = [`COUNT(${quoteName(column.name)})`, characters(column), "''", "''", sumOf([column])];
  return `pg_catalog.concat_ws(',', ${parts.join(', ')})`;
}

function characters({ name, type }: Column): string {
  return textual.test(type) ? `COALESCE(SUM(pg_catalog.length(${quoteName(name)}::text)), 0)` : "''";
}

function inBytes(column: Column): string {
  const { name, type } = column;
  const bytes = /^(float[48]|bytea)$/.test(type)
    ? canonical(column)
    : `pg_catalog.convert_to(pg_catalog.left(${quoteName(name)}::text, ${firstCharacters}), 'UTF8')`;
  const first = type === 'bytea' ? `pg_catalog.substr(${bytes}, 1, ${firstCharacters * 3})` : bytes;
  return `pg_catalog.encode(${first}, 'hex') COLLATE "C"`;
}
