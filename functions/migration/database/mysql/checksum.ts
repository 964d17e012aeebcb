import type { Connection } from 'mysql2';
import type { Checksum } from '../column-facts.ts';
import { repairedBytes } from './double-encoding.ts';
import { quoteName } from './identifiers.ts';
import { rowOf } from './query.ts';
import type { Column, Table } from './schema.ts';

/**
 * A column's value as text that both servers write alike: bytes for characters (no character set is converted, nothing
 * becomes `?`), the widened form of a FLOAT, the number of an ENUM beside its word, so that '' and the error value differ.
 * What may be long stands as its MD5: a server cuts nothing, but makes NULL of a text beyond max_allowed_packet.
 */
export function canonical(column: Column, repaired = false): string {
  const name = quoteName(column.name);
  const isLong = /text$|blob$/.test(column.type);
  if (repaired && column.charset) {
    const bytes = repairedBytes(name, column.charset);
    return isLong ? `MD5(${bytes})` : bytes;
  }
  if (isLong) return `MD5(${name})`;
  switch (column.type) {
    case 'float':
      return `CAST((${name} + 0e0) AS CHAR)`;
    case 'bit':
      return `(${name} + 0)`;
    case 'enum':
      return `CONCAT((${name} + 0), ':', CAST(${name} AS BINARY))`;
    case 'json':
      return `MD5(CONVERT(${name} USING utf8mb4))`;
    case 'char':
    case 'varchar':
    case 'set':
      return `CAST(${name} AS BINARY)`;
    default:
      return isPlain(column) ? name : isBytes(column) ? name : `MD5(${name})`;
  }
}

/** Numbers and moments: their text holds no comma and no doubt. */
function isPlain({ type }: Column): boolean {
  return /int$|^(decimal|double|year|date|datetime|timestamp|time)$/.test(type);
}

function isBytes({ type }: Column): boolean {
  return /binary$/.test(type);
}

/**
 * One row as a string in which no value can pass for a part of another: which are NULL comes first (CONCAT_WS leaves
 * those out), and the length of what may hold a comma comes after it.
 */
export function rowText(columns: readonly Column[], repaired: ReadonlySet<string>): string {
  const nullable = columns
    .filter((column) => column.nullable)
    .map(({ name }) => `ISNULL(${quoteName(name)})`);
  const values = columns.map((column) => {
    const value = canonical(column, repaired.has(column.name));
    return isPlain(column) ? value : `${value}, LENGTH(${value})`;
  });
  const nulls = nullable.length > 0 ? `CONCAT(${nullable.join(', ')})` : "''";
  return `CONCAT_WS(',', ${nulls}, ${values.join(', ')})`;
}

/** `where` as rangeWhere makes it; '' for the whole table. */
export async function checksumOf(
  connection: Connection,
  table: Table,
  where: string,
  columns: readonly Column[] = table.columns,
  repaired: ReadonlySet<string> = new Set(),
): Promise<Checksum> {
  const row = await rowOf(
    connection,
    `SELECT COUNT(*) AS n, ${sumOf(rowText(columns, repaired))} AS total FROM ${quoteName(table.name)} ${where}`,
  );
  return { rows: String(row.n), sum: String(row.total) };
}

/** Over 64 bits of each row's MD5. */
export function sumOf(text: string): string {
  return `COALESCE(SUM(CAST(CONV(LEFT(MD5(${text}), 16), 16, 10) AS UNSIGNED)), 0)`;
}
