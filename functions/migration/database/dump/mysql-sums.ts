import type { Connection } from 'mysql2';
import { rowText, sumOf } from '../mysql/checksum.ts';
import { addedFactsOf } from '../mysql/column-facts.ts';
import { quoteName } from '../mysql/identifiers.ts';
import { rowsOf } from '../mysql/query.ts';
import type { Column } from '../mysql/schema.ts';
import { type KeyCut, sumsOfParts, type TableSums } from './table-sums.ts';

/** Sums of a table's rows by range of its key, in a session with our settings. */
export async function mysqlSums(
  connection: Connection,
  table: string,
  columns: readonly Column[],
  cut: KeyCut | undefined,
  where = '',
): Promise<TableSums> {
  const facts = columns.map((column, index) => `, ${addedFactsOf(column)} AS c${index}`);
  const found = await rowsOf(
    connection,
    `SELECT ${cut ? rangeOf(cut) : "''"} AS part, COUNT(*) AS n, ${sumOf(rowText(columns, new Set()))} AS total${facts.join('')} ` +
      `FROM ${quoteName(table)} ${where} GROUP BY 1`,
  );
  return sumsOfParts(found, columns);
}

function rangeOf({ column, low, high, width }: KeyCut): string {
  const key = quoteName(column);
  return `CASE WHEN ${key} BETWEEN ${low} AND ${high} THEN CONCAT(${key} DIV ${width}) ELSE '' END`;
}
