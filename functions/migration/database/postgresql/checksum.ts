import type { Session } from './ends.ts';
import { quoteName } from './identifiers.ts';
import { type Column, type Table, tableName } from './read-tables.ts';

export interface Checksum {
  rows: string;
  sum: string;
}

/** Floats by their bits: versions before 12 print them otherwise. The rest has one text under the session's settings. */
function canonical({ name, type }: Column): string {
  const column = quoteName(name);
  if (type === 'float4' || type === 'float8') return `pg_catalog.${type}send(${column})`;
  return column;
}

/** Order-free, over UTF-8 whatever the server's own encoding is: the sum over 64 bits of each row's MD5. */
export async function checksumOf(
  session: Session,
  table: Table,
  where: string,
  columns: readonly Column[] = table.columns,
): Promise<Checksum> {
  const row = `pg_catalog.convert_to(ROW(${columns.map(canonical).join(', ')})::text, 'UTF8')`;
  const hash = `('x' || pg_catalog.substr(pg_catalog.md5(${row}), 1, 16))::bit(64)::bigint`;
  const { rows } = await session.query(
    `SELECT COUNT(*)::text AS n, COALESCE(SUM(${hash}::numeric), 0)::text AS total FROM ONLY ${tableName(table)} ${where}`,
  );
  return { rows: String(rows[0].n), sum: String(rows[0].total) };
}

export function equalChecksums(a: Checksum, b: Checksum): boolean {
  return a.rows === b.rows && a.sum === b.sum;
}
