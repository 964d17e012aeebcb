import { addedFactsOf, sumOf } from '../postgresql/checksum.ts';
import type { Session } from '../postgresql/ends.ts';
import { quoteName } from '../postgresql/identifiers.ts';
import type { Column } from '../postgresql/read-tables.ts';
import { type KeyCut, sumsOfParts, type TableSums } from './table-sums.ts';

/** Sums of a table's rows by range of its key. */
export async function postgresqlSums(
  session: Session,
  table: string,
  columns: readonly Column[],
  cut: KeyCut | undefined,
  where = '',
): Promise<TableSums> {
  const facts = columns.map((column, index) => `, ${addedFactsOf(column)} AS c${index}`);
  const { rows } = await session.query(
    `SELECT ${cut ? rangeOf(cut) : "''::text"} AS part, COUNT(*)::text AS n, ${sumOf(columns)} AS total${facts.join('')} FROM ONLY ${table} ${where} GROUP BY 1`,
  );
  return sumsOfParts(rows, columns);
}

function rangeOf({ column, low, high, width }: KeyCut): string {
  const key = `${quoteName(column)}::bigint`;
  return `CASE WHEN ${key} BETWEEN ${low} AND ${high} THEN (${key} / ${width})::text ELSE ''::text END`;
}
