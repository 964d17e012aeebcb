import type { Connection } from 'mysql2';
import { repairedBytes } from './double-encoding.ts';
import { quoteName } from './identifiers.ts';
import { rowOf } from './query.ts';
import type { Column, Table } from './schema.ts';

/** Of a set of rows, whatever their order. Rows that occur twice count twice. */
export interface Checksum {
  rows: string;
  /** Two sums over halves of each row's MD5, as decimals: equal sums of unequal rows are no accident one meets. */
  sums: string;
}

/**
 * A column's value as text that both servers write alike: bytes for characters (no character set is converted, nothing
 * becomes `?`), the widened form of a FLOAT, the number of an ENUM beside its word, so that '' and the error value differ.
 */
export function canonical(column: Column, alias = '', repaired = false): string {
  const name = alias + quoteName(column.name);
  if (repaired && column.charset) return repairedBytes(name, column.charset);
  switch (column.type) {
    case 'float':
      return `CAST((${name} + 0e0) AS CHAR)`;
    case 'double':
    case 'decimal':
    case 'year':
      return `CAST(${name} AS CHAR)`;
    case 'bit':
      return `CAST((${name} + 0) AS CHAR)`;
    case 'enum':
      return `CONCAT((${name} + 0), ':', CAST(${name} AS BINARY))`;
    case 'json':
      return `CAST(CONVERT(${name} USING utf8mb4) AS BINARY)`;
    default:
      return isNumber(column) || isTime(column) ? `CAST(${name} AS CHAR)` : `CAST(${name} AS BINARY)`;
  }
}

function isNumber({ type }: Column): boolean {
  return /int$/.test(type);
}

function isTime({ type }: Column): boolean {
  return /^(date|datetime|timestamp|time)$/.test(type);
}

/** One row as a string in which no value can pass for a part of another: lengths go before, NULL is its own mark. */
function rowText(columns: readonly Column[], repaired: ReadonlySet<string>): string {
  const parts = columns.map((column) => {
    const value = canonical(column, '', repaired.has(column.name));
    if (!column.nullable && (isNumber(column) || isTime(column))) return `${value}, ','`;
    return column.nullable
      ? `COALESCE(CONCAT(LENGTH(${value}), ':', ${value}), '-'), ','`
      : `LENGTH(${value}), ':', ${value}`;
  });
  return `CONCAT(${parts.join(', ')})`;
}

export function checksumSelect(
  columns: readonly Column[],
  repaired: ReadonlySet<string> = new Set(),
): string {
  const hash = `MD5(${rowText(columns, repaired)})`;
  const half = (from: number) =>
    `COALESCE(SUM(CAST(CONV(SUBSTRING(h, ${from}, 16), 16, 10) AS UNSIGNED)), 0)`;
  return `COUNT(*) AS n, CONCAT(${half(1)}, ':', ${half(17)}) AS sums FROM (SELECT ${hash} AS h`;
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
    `SELECT ${checksumSelect(columns, repaired)} FROM ${quoteName(table.name)} ${where}) AS hashed`,
  );
  return { rows: String(row.n), sums: String(row.sums) };
}

export function equalChecksums(a: Checksum, b: Checksum): boolean {
  return a.rows === b.rows && a.sums === b.sums;
}
