import type { Description } from '../description.ts';
import type { DatabaseLine } from '../line.ts';
import type { Session } from './ends.ts';

interface Listing {
  /** Columns `facts` and `texts`, both jsonb objects; `$1` the schema, `$2` the name. */
  sql(version: number): string;
}

const object = 'pg_catalog.jsonb_build_object';
/** Keys of objects that were put together from rows. */
const gather = (key: string, value: string, from: string) =>
  `COALESCE((SELECT pg_catalog.jsonb_object_agg(${key}, ${value}) FROM ${from}), '{}')`;
const ofTable = "r.relname || ' ' || ";
const inSchema = 'pg_catalog.pg_namespace n ON n.oid = ';
const names = (oids: string) =>
  `(SELECT pg_catalog.array_agg(CASE WHEN o = 0 THEN 'PUBLIC' ELSE pg_catalog.pg_get_userbyid(o)::text END ORDER BY 1) FROM pg_catalog.unnest(${oids}) o)`;

/** Defaults have lines of their own where pg_dump writes them apart; identity belongs to its sequence. */
const columns = `pg_catalog.pg_attribute a LEFT JOIN pg_catalog.pg_collation l ON l.oid = a.attcollation LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped`;
const column = `pg_catalog.concat_ws(' ', pg_catalog.row_number() OVER (ORDER BY a.attnum), pg_catalog.format_type(a.atttypid, a.atttypmod), l.collname, CASE WHEN a.attnotnull THEN 'NOT NULL' END, NULLIF(pg_catalog.to_jsonb(a) ->> 'attgenerated', ''), NULLIF(pg_catalog.to_jsonb(a) ->> 'attidentity', ''))`;
/** How a column is stored and what is known of its values; in version 17 an unset target is NULL. */
const setting = `pg_catalog.concat_ws(' ', a.attstorage, NULLIF(pg_catalog.to_jsonb(a) ->> 'attcompression', ''), NULLIF(pg_catalog.to_jsonb(a) ->> 'attstattarget', '-1'), pg_catalog.array_to_string(a.attoptions, ','))`;
/** What people have written about it. */
const comment = (oid: string, catalogue: string) =>
  `${object}('説明', pg_catalog.obj_description(${oid}, 'pg_${catalogue}'))`;
const columnFacts = gather('k', 'v', `(SELECT '列 ' || a.attname AS k, ${column} AS v FROM ${columns}) x`);
const relation = (kinds: string, facts: string, texts: string): Listing => ({
  sql: (version) =>
    `SELECT ${facts} AS facts, ${texts.replaceAll('$partition', version >= 100_000 ? 'pg_catalog.pg_get_partkeydef(c.oid)' : 'NULL::text')} AS texts
     FROM pg_catalog.pg_class c JOIN ${inSchema}c.relnamespace WHERE n.nspname = $1 AND c.relname = $2 AND c.relkind IN (${kinds})`,
});
const options =
  "'オプション', (SELECT pg_catalog.array_agg(o ORDER BY o) FROM pg_catalog.unnest(c.reloptions) o)";
const definition = (text: string) => `${object}('定義', ${text})`;

const columnSettings = `${gather("'列 ' || a.attname || ' の設定'", setting, columns)} || ${gather("'列 ' || a.attname || ' の説明'", 'pg_catalog.col_description(c.oid, a.attnum)', `${columns} AND pg_catalog.col_description(c.oid, a.attnum) IS NOT NULL`)}`;

const table = relation(
  "'r', 'p', 'f'",
  `${columnFacts} || ${columnSettings} || ${comment('c.oid', 'class')} || ${object}(${options}, '永続性', c.relpersistence, '複製の識別', c.relreplident,
     '継承', (SELECT pg_catalog.array_agg(i.inhparent::regclass::text ORDER BY i.inhseqno) FROM pg_catalog.pg_inherits i WHERE i.inhrelid = c.oid AND NOT COALESCE((pg_catalog.to_jsonb(c) ->> 'relispartition')::boolean, false)))`,
  `${gather("'既定値 ' || a.attname", 'pg_catalog.pg_get_expr(d.adbin, d.adrelid)', `${columns} AND d.oid IS NOT NULL`)}
   || ${gather("'制約 ' || k.conname", 'pg_catalog.pg_get_constraintdef(k.oid)', "pg_catalog.pg_constraint k WHERE k.conrelid = c.oid AND k.contype = 'c'")}
   || ${object}('パーティション', $partition)`,
);

const view = relation(
  "'v', 'm'",
  `${columnFacts} || ${comment('c.oid', 'class')} || ${object}(${options}, '行の有無', c.relispopulated)`,
  definition('pg_catalog.pg_get_viewdef(c.oid)'),
);
const index = relation(
  "'i', 'I'",
  `${comment('c.oid', 'class')} || (SELECT ${object}('一意', i.indisunique, '有効', i.indisvalid, '並べ替えの基準', i.indisclustered, '複製の識別', i.indisreplident) FROM pg_catalog.pg_index i WHERE i.indexrelid = c.oid)`,
  definition('pg_catalog.pg_get_indexdef(c.oid)'),
);
/** In 9.6 all are bigint (its oid is 20). The column is that of an identity. */
const sequence = relation(
  "'S'",
  `(SELECT ${object}('最初', s.start_value, '最小', s.minimum_value, '最大', s.maximum_value, '増分', s.increment, '循環', s.cycle_option, '型', COALESCE(pg_catalog.to_jsonb(s) ->> 'data_type', '20')) FROM pg_catalog.pg_sequence_parameters(c.oid) s)
   || ${comment('c.oid', 'class')} || ${object}('列', (SELECT a.attrelid::regclass::text || '.' || a.attname FROM pg_catalog.pg_depend d JOIN pg_catalog.pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
       WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'i' AND d.refobjsubid > 0 LIMIT 1))`,
  "'{}'::jsonb",
);

/** pg_dump names a routine by the types that it is called with. */
const signature = `p.proname || '(' || COALESCE((SELECT pg_catalog.string_agg(pg_catalog.format_type(t, NULL), ', ' ORDER BY at) FROM pg_catalog.unnest(p.proargtypes) WITH ORDINALITY u (t, at)), '') || ')'`;
const routine: Listing = {
  sql: (
    version,
  ) => `SELECT ${object}('本体', p.prosrc, '言語', l.lanname, '戻り値', pg_catalog.format_type(p.prorettype, NULL), '集合', p.proretset, '引数', pg_catalog.pg_get_function_identity_arguments(p.oid),
       '揮発性', p.provolatile, 'STRICT', p.proisstrict, 'SECURITY DEFINER', p.prosecdef, 'PARALLEL', p.proparallel, '費用', p.procost, '行数', p.prorows, 'LEAKPROOF', p.proleakproof, '設定', p.proconfig,
       '集約', (SELECT ${object}('状態', g.aggtransfn::regproc::text, '最終', g.aggfinalfn::regproc::text, '型', pg_catalog.format_type(g.aggtranstype, NULL), '初期値', g.agginitval) FROM pg_catalog.pg_aggregate g WHERE g.aggfnoid = p.oid)) || ${comment('p.oid', 'proc')} AS facts,
     ${object}('引数', pg_catalog.pg_get_function_arguments(p.oid), 'SQLの本体', ${version >= 140_000 ? 'pg_catalog.pg_get_function_sqlbody(p.oid)' : 'NULL::text'}) AS texts
     FROM pg_catalog.pg_proc p JOIN ${inSchema}p.pronamespace JOIN pg_catalog.pg_language l ON l.oid = p.prolang WHERE n.nspname = $1 AND ${signature} = $2`,
};
const aggregate: Listing = {
  sql: (version) =>
    routine.sql(version).replace(`${signature} = $2`, `${signature} = pg_catalog.replace($2, '(*)', '()')`),
};

/** Of a table or a domain. */
const constraint: Listing = {
  sql: () => `SELECT ${object}('種類', k.contype, '検証済み', k.convalidated, '遅延', k.condeferrable, '遅延の初期値', k.condeferred) || ${comment('k.oid', 'constraint')} AS facts, ${definition('pg_catalog.pg_get_constraintdef(k.oid)')} AS texts
     FROM pg_catalog.pg_constraint k JOIN ${inSchema}k.connamespace LEFT JOIN pg_catalog.pg_class r ON r.oid = k.conrelid LEFT JOIN pg_catalog.pg_type t ON t.oid = k.contypid WHERE n.nspname = $1 AND COALESCE(r.relname, t.typname) || ' ' || k.conname = $2`,
};
const trigger: Listing = {
  sql: () => `SELECT ${object}('有効', t.tgenabled) || ${comment('t.oid', 'trigger')} AS facts, ${definition("pg_catalog.replace(pg_catalog.pg_get_triggerdef(t.oid), ' EXECUTE PROCEDURE ', ' EXECUTE FUNCTION ')")} AS texts
     FROM pg_catalog.pg_trigger t JOIN pg_catalog.pg_class r ON r.oid = t.tgrelid JOIN ${inSchema}r.relnamespace WHERE NOT t.tgisinternal AND n.nspname = $1 AND ${ofTable}t.tgname = $2`,
};
const policy: Listing = {
  sql: () => `SELECT ${object}('対象', p.polcmd, '許可', COALESCE(pg_catalog.to_jsonb(p) ->> 'polpermissive', 'true'), 'ロール', ${names('p.polroles')}) || ${comment('p.oid', 'policy')} AS facts,
       ${object}('USING', pg_catalog.pg_get_expr(p.polqual, p.polrelid), 'WITH CHECK', pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid)) AS texts
     FROM pg_catalog.pg_policy p JOIN pg_catalog.pg_class r ON r.oid = p.polrelid JOIN ${inSchema}r.relnamespace WHERE n.nspname = $1 AND ${ofTable}p.polname = $2`,
};
const rule: Listing = {
  sql: () => `SELECT ${object}('有効', w.ev_enabled) || ${comment('w.oid', 'rewrite')} AS facts, ${definition('pg_catalog.pg_get_ruledef(w.oid)')} AS texts
     FROM pg_catalog.pg_rewrite w JOIN pg_catalog.pg_class r ON r.oid = w.ev_class JOIN ${inSchema}r.relnamespace WHERE n.nspname = $1 AND ${ofTable}w.rulename = $2`,
};
const type: Listing = {
  sql: () => `SELECT ${object}('種類', t.typtype, '元の型', pg_catalog.format_type(NULLIF(t.typbasetype, 0), t.typtypmod), 'NOT NULL', t.typnotnull,
         'ラベル', (SELECT pg_catalog.array_agg(e.enumlabel::text ORDER BY e.enumsortorder) FROM pg_catalog.pg_enum e WHERE e.enumtypid = t.oid),
         '範囲', (SELECT pg_catalog.format_type(g.rngsubtype, NULL) FROM pg_catalog.pg_range g WHERE g.rngtypid = t.oid))
       || ${columnFacts.replaceAll('c.oid', 't.typrelid')} || ${comment('t.oid', 'type')} AS facts,
       ${gather("'制約 ' || k.conname", 'pg_catalog.pg_get_constraintdef(k.oid)', "pg_catalog.pg_constraint k WHERE k.contypid = t.oid AND k.contype = 'c'")} || ${object}('既定値', t.typdefault) AS texts
     FROM pg_catalog.pg_type t JOIN ${inSchema}t.typnamespace WHERE n.nspname = $1 AND t.typname = $2`,
};
const columnDefault: Listing = {
  sql: () => `SELECT '{}'::jsonb AS facts, ${object}('既定値', pg_catalog.pg_get_expr(d.adbin, d.adrelid)) AS texts
     FROM pg_catalog.pg_attrdef d JOIN pg_catalog.pg_class r ON r.oid = d.adrelid JOIN ${inSchema}r.relnamespace JOIN pg_catalog.pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
     WHERE n.nspname = $1 AND ${ofTable}a.attname = $2`,
};
const rowSecurity: Listing = {
  sql: () => `SELECT ${object}('行単位セキュリティ', c.relrowsecurity, '強制', c.relforcerowsecurity) AS facts, '{}'::jsonb AS texts
     FROM pg_catalog.pg_class c JOIN ${inSchema}c.relnamespace WHERE n.nspname = $1 AND c.relname = $2`,
};
const attached: Listing = {
  sql: (
    version,
  ) => `SELECT ${object}('親', i.inhparent::regclass::text) AS facts, ${object}('範囲', ${version >= 100_000 ? 'pg_catalog.pg_get_expr(c.relpartbound, c.oid)' : 'NULL::text'}) AS texts
     FROM pg_catalog.pg_class c JOIN ${inSchema}c.relnamespace JOIN pg_catalog.pg_inherits i ON i.inhrelid = c.oid WHERE n.nspname = $1 AND c.relname = $2`,
};
const statistics: Listing = {
  sql: () => `SELECT ${comment('s.oid', 'statistic_ext')} AS facts, ${definition('pg_catalog.pg_get_statisticsobjdef(s.oid)')} AS texts
     FROM pg_catalog.pg_statistic_ext s JOIN ${inSchema}s.stxnamespace WHERE n.nspname = $1 AND s.stxname = $2`,
};
const there = "'{}'::jsonb AS facts, '{}'::jsonb AS texts";
const schema: Listing = {
  sql: () =>
    `SELECT ${there} FROM pg_catalog.pg_namespace WHERE COALESCE($1, '') IS NOT NULL AND nspname = $2`,
};
/** A target's newer version of it is as it should be. */
const extension: Listing = {
  sql: () =>
    `SELECT '{}'::jsonb AS facts, ${object}('版', extversion) AS texts FROM pg_catalog.pg_extension WHERE COALESCE($1, '') IS NOT NULL AND extname = $2`,
};

/** By pg_dump's word for the kind. */
const listings: Record<string, Listing> = {
  ...{ table, 'foreign table': table, view, 'materialized view': view, index, sequence },
  ...{ function: routine, procedure: routine, aggregate },
  ...{ constraint, 'fk constraint': constraint, 'check constraint': constraint, trigger, policy, rule },
  ...{ type, domain: type, default: columnDefault, 'row security': rowSecurity, statistics },
  ...{ 'table attach': attached, 'index attach': attached, schema, extension },
};

/** By whatever arguments: older versions of pg_dump name their types otherwise. */
const routineOfName = `SELECT ${there} FROM pg_catalog.pg_proc p JOIN ${inSchema}p.pronamespace WHERE n.nspname = $1 AND p.proname = pg_catalog.split_part($2, '(', 1)`;

export const canBeDescribed = ({ kind }: DatabaseLine) => listings[kind] !== undefined;

/** Undefined where it is not there. */
export async function describe(session: Session, line: DatabaseLine): Promise<Description | undefined> {
  const { rows } = await session.query(listings[line.kind]!.sql(await versionOf(session)), [
    line.schema ?? '',
    line.name,
  ]);
  return rows[0];
}

const inStatement = 500;

/** Of those that can be described, by path; what is not there is left out. One statement asks for many of a kind. */
export async function describeLines(
  session: Session,
  lines: readonly DatabaseLine[],
): Promise<Map<string, Description>> {
  const described = new Map<string, Description>();
  const kinds = new Map<string, DatabaseLine[]>();
  for (const line of lines.filter(canBeDescribed)) {
    const all = kinds.get(line.kind) ?? [];
    kinds.set(line.kind, all);
    all.push(line);
  }
  for (const [kind, all] of kinds) {
    const one = listings[kind]!.sql(await versionOf(session));
    const asked = one.replaceAll('$1', 'wanted.schema').replaceAll('$2', 'wanted.name');
    for (let at = 0; at < all.length; at += inStatement) {
      const some = all.slice(at, at + inStatement);
      const { rows } = await session.query(
        `SELECT wanted.place, found.facts, found.texts
         FROM ROWS FROM (pg_catalog.unnest($1::text[]), pg_catalog.unnest($2::text[])) WITH ORDINALITY AS wanted (schema, name, place) CROSS JOIN LATERAL (${asked}) found`,
        [some.map(({ schema = '' }) => schema), some.map(({ name }) => name)],
      );
      for (const { place, facts, texts } of rows)
        described.set(some[Number(place) - 1]!.path ?? '', { facts, texts });
    }
  }
  return described;
}

/** Whether there is one of that name. */
export async function stands(session: Session, line: DatabaseLine): Promise<boolean> {
  if (!/^(function|procedure|aggregate)$/.test(line.kind))
    return (await describe(session, line)) !== undefined;
  return (await session.query(routineOfName, [line.schema ?? '', line.name])).rows.length > 0;
}

const versions = new WeakMap<Session, Promise<number>>();

/** As 150008 for 15.8. */
export function versionOf(session: Session): Promise<number> {
  let version = versions.get(session);
  if (version === undefined) {
    version = session.query('SHOW server_version_num').then(({ rows }) => Number(rows[0].server_version_num));
    versions.set(session, version);
  }
  return version;
}
