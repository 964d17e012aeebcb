import { linePath } from '../line.ts';
import type { Session } from '../postgresql/ends.ts';
import { qualified, quoteName } from '../postgresql/identifiers.ts';
import { dropMarks, marksSchema } from '../postgresql/marks.ts';

interface Standing {
  schema: string;
  /** Functions without their arguments. */
  name: string;
  /** As pg_dump's headings have it, in small letters. */
  kind: string;
  /** `DROP …` of this one thing. */
  drop: string;
}

const own = `n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', '${marksSchema}')`;
const ofExtension = (oid: string) =>
  `EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.objid = ${oid} AND d.deptype = 'e')`;

/** Relations, routines and types that stand by themselves: without indexes, counters of columns and what extensions brought. */
export async function standingInPostgresql(target: Session): Promise<Standing[]> {
  const { rows: relations } = await target.query(
    `SELECT n.nspname AS schema, c.relname AS name, CASE c.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' WHEN 'S' THEN 'sequence' WHEN 'f' THEN 'foreign table' ELSE 'table' END AS kind
     FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
     WHERE ${own} AND c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f') AND NOT ${ofExtension('c.oid')}
       AND NOT (c.relkind = 'S' AND EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.objid = c.oid AND d.deptype IN ('a', 'i')))`,
  );
  const { rows: routines } = await target.query(
    `SELECT n.nspname AS schema, p.proname AS name, p.oid::regprocedure::text AS signature FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
     WHERE ${own} AND NOT ${ofExtension('p.oid')}`,
  );
  const { rows: types } = await target.query(
    `SELECT n.nspname AS schema, t.typname AS name, CASE t.typtype WHEN 'd' THEN 'domain' ELSE 'type' END AS kind FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
       LEFT JOIN pg_catalog.pg_class c ON c.oid = t.typrelid
     WHERE ${own} AND (t.typtype IN ('e', 'd', 'r') OR (t.typtype = 'c' AND c.relkind = 'c')) AND NOT ${ofExtension('t.oid')}`,
  );
  const drop = (kind: string, what: string) => `DROP ${kind.toUpperCase()} IF EXISTS ${what} CASCADE`;
  return [
    ...relations.map(({ schema, name, kind }) => ({
      ...{ schema, name, kind },
      drop: drop(kind, qualified(schema, name)),
    })),
    ...routines.map(({ schema, name, signature }) => ({
      ...{ schema, name, kind: 'function' },
      drop: drop('routine', signature),
    })),
    ...types.map(({ schema, name, kind }) => ({
      ...{ schema, name, kind },
      drop: drop(kind, qualified(schema, name)),
    })),
  ];
}

/** As the ledger of a dump names them; of functions of one name as many as the ledger has. */
export function standingPaths(standing: readonly Standing[], made: ReadonlySet<string>): string[] {
  const functions = new Map<string, string>();
  for (const path of made) {
    const [, place = ''] = /^\.\/(?:function|procedure|aggregate)\/([^(]*)/.exec(path) ?? [];
    if (place !== '') functions.set(place, path);
  }
  return standing.map(({ schema, name, kind }) => {
    const place = `${schema}.${name}`;
    const path = linePath(kind, place).path ?? '';
    return kind === 'function' ? (functions.get(place) ?? path) : path;
  });
}

const together = 1000;

/** Drops all that stands, large objects and schemas of ours too: whoever calls it knows that a replay has made it. */
export async function emptyPostgresqlTarget(target: Session, made: ReadonlySet<string>): Promise<void> {
  await target.query(dropMarks);
  for (const { drop } of await standingInPostgresql(target)) await target.query(drop);
  for (let count: number | null = together; count === together; ) {
    ({ rowCount: count } = await target.query(
      `SELECT pg_catalog.lo_unlink(oid) FROM (SELECT oid FROM pg_catalog.pg_largeobject_metadata WHERE pg_catalog.pg_get_userbyid(lomowner) = current_user LIMIT ${together}) AS few`,
    ));
  }
  for (const path of made) {
    const [, schema] = /^\.\/schema\/\.(.+)$/s.exec(path) ?? [];
    if (schema !== undefined && schema !== 'public')
      await target.query(`DROP SCHEMA IF EXISTS ${quoteName(schema)} CASCADE`);
  }
}
