import { createHash } from 'node:crypto';
import type { Session } from './ends.ts';
import { qualified, quoteName } from './identifiers.ts';
import { marksSchema } from './marks.ts';

export interface Column {
  name: string;
  /** `character varying(20)` */
  fullType: string;
  /** `float4`, `numeric`; '' beside a type that is not the server's own. */
  type: string;
  nullable: boolean;
}

export interface Table {
  schema: string;
  name: string;
  /** Without generated columns: the target computes those. */
  columns: Column[];
  /** Integer column that leads the primary key, or is a unique key without NULL. */
  key?: string;
  /** The key tells every row apart by itself. */
  unique: boolean;
  rows: number;
  bytes: number;
  /** Its rows can go in COPY's binary form: all types have the same number on every server. */
  binary: boolean;
  /** Rows of which somebody else decides who sees them. */
  rowSecurity: boolean;
}

/**
 * Tables with rows of their own: ordinary ones and leaves of partitioned ones, without what extensions brought. `relid`s
 * above 16384 are types that a server numbered by itself, and so are arrays and composites of them: those go as text.
 */
export async function readTables(session: Session): Promise<Table[]> {
  const { rows } = await session.query(`
    SELECT n.nspname AS schema, c.relname AS name, c.reltuples::float8 AS estimate, c.relrowsecurity AS secured,
      pg_catalog.pg_table_size(c.oid)::float8 AS bytes,
      (SELECT pg_catalog.json_agg(pg_catalog.json_build_object('name', a.attname, 'type', CASE WHEN t.oid < 16384 THEN t.typname ELSE '' END,
          'fullType', pg_catalog.format_type(a.atttypid, a.atttypmod), 'nullable', NOT a.attnotnull, 'own', t.oid < 16384 AND t.typname !~ '^_?(reg|oid|aclitem|xid|cid|tid|record|refcursor)') ORDER BY a.attnum)
        FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
        WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND COALESCE((pg_catalog.to_json(a)->>'attgenerated'), '') = '') AS columns,
      (SELECT pg_catalog.json_build_object('name', a.attname, 'unique', i.indnatts = 1) FROM pg_catalog.pg_index i JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0]
        WHERE i.indrelid = c.oid AND i.indisunique AND i.indpred IS NULL AND i.indexprs IS NULL AND a.attnotnull
          AND a.atttypid IN (20, 21, 23) AND (i.indisprimary OR i.indnatts = 1) ORDER BY i.indisprimary DESC LIMIT 1) AS key
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind = 'r' AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', '${marksSchema}') AND c.relpersistence <> 't'
      AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
    ORDER BY 1, 2`);
  return rows.map((row) => {
    const columns = (row.columns ?? []) as (Column & { own: boolean })[];
    return {
      schema: row.schema,
      name: row.name,
      columns: columns.map(({ name, fullType, type, nullable }) => ({ name, fullType, type, nullable })),
      ...(row.key && { key: row.key.name }),
      unique: row.key?.unique === true,
      rows: Math.max(Number(row.estimate), 0),
      bytes: Number(row.bytes),
      binary: columns.every(({ own }) => own),
      rowSecurity: row.secured,
    };
  });
}

export function tableName({ schema, name }: Pick<Table, 'schema' | 'name'>): string {
  return qualified(schema, name);
}

export function columnList(table: Table): string {
  return table.columns.map(({ name }) => quoteName(name)).join(', ');
}

/** Of what a table's rows are made of: the same as long as rows can be read and written as they were planned. */
export function rowsHash({ columns, key }: Table): string {
  return createHash('sha256')
    .update(JSON.stringify([columns, key]))
    .digest('hex');
}
