import type { Connection } from 'mysql2';
import { type Looked, readFacts } from '../column-facts.ts';
import { canonical, rowText, sumOf } from './checksum.ts';
import { repairedBytes } from './double-encoding.ts';
import { quoteName } from './identifiers.ts';
import { rowOf } from './query.ts';
import type { Column, Table } from './schema.ts';

/** Of long values the least and greatest are told by their first bytes. */
const firstBytes = 96;

/** `hashed`: each column with a hash of its own. */
interface Looking {
  repaired?: ReadonlySet<string> | undefined;
  hashed?: boolean;
}

/** Row count, checksum and each column's facts in one reading: of one moment. */
export async function lookAt(
  connection: Connection,
  table: Table,
  where: string,
  { repaired = new Set(), hashed = false }: Looking = {},
): Promise<Looked> {
  const { columns } = table;
  const facts = columns.map(
    (column, index) => `${factsOf(column, repaired.has(column.name), hashed)} AS c${index}`,
  );
  const row = await rowOf(
    connection,
    `SELECT COUNT(*) AS n, ${sumOf(rowText(columns, repaired))} AS total, ${facts.join(', ')} FROM ${quoteName(table.name)} ${where}`,
  );
  const found = columns.map(({ name }, index) => readFacts(name, row[`c${index}`]));
  return { rows: String(row.n), sum: String(row.total), columns: found };
}

function factsOf(column: Column, repaired: boolean, hashed: boolean): string {
  const name = quoteName(column.name);
  const value = ordered(column, repaired);
  const parts = [
    `COUNT(${name})`,
    characters(column, repaired),
    `COALESCE(MD5(MIN(${value})), '')`,
    `COALESCE(MD5(MAX(${value})), '')`,
    hashed ? sumOf(canonical(column, repaired)) : "''",
  ];
  return `CONCAT_WS(',', ${parts.join(', ')})`;
}

/** As readFacts reads them, of those facts that add up. */
export function addedFactsOf(column: Column): string {
  const parts = [
    `COUNT(${quoteName(column.name)})`,
    characters(column, false),
    "''",
    "''",
    sumOf(canonical(column)),
  ];
  return `CONCAT_WS(',', ${parts.join(', ')})`;
}

function characters(column: Column, repaired: boolean): string {
  if (!/char$|text$/.test(column.type) || column.charset === undefined) return "''";
  const name = quoteName(column.name);
  const text = repaired ? `CONVERT(${repairedBytes(name, column.charset)} USING utf8mb4)` : name;
  return `COALESCE(SUM(CHAR_LENGTH(${text})), 0)`;
}

/** A form in which equal values are the same bytes: of -0 and 0 either could be the least. */
function ordered(column: Column, repaired: boolean): string {
  const name = quoteName(column.name);
  if (column.type === 'double') return `(${name} + 0e0)`;
  if (!/text$|blob$/.test(column.type)) return canonical(column, repaired);
  const bytes = repaired && column.charset ? repairedBytes(name, column.charset) : `CAST(${name} AS BINARY)`;
  return `LEFT(${bytes}, ${firstBytes})`;
}
