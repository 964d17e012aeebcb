import { TerminalError, TransientError } from '../../../case/errors.ts';
import { inParallel } from '../../in-parallel.ts';
import * as keys from '../../keys.ts';
import { readJson, writeJson } from '../../ndjson.ts';
import { readPlan } from '../../plan-chunks.ts';
import { together } from '../../together.ts';
import type { DatabaseJob } from '../job.ts';
import { type DatabaseLine, linePath } from '../line.ts';
import { type Definition, readDefinitions } from './definitions.ts';
import { commitsInPassing, commitsOnDisk, type PostgresqlEnd, type Session } from './ends.ts';
import { qualified, quoteName } from './identifiers.ts';
import { definitionLine, makeDefinition, replaceDefinition } from './make-definitions.ts';
import { makeMarksSchema, partMarks } from './marks.ts';
import { dumpSchema } from './pg-dump.ts';
import { isPrivileges, mainOwner, tellOwner } from './privileges.ts';
import { cutIntoRanges, describeRange } from './ranges.ts';
import { readTables, rowsHash, type Table } from './read-tables.ts';
import { withdrawnPrivileges } from './withdrawn-privileges.ts';

const rangeBytes = 32 * 1024 * 1024;

/** Definitions that rows need made at the target, the rest listed, rows cut into parts. */
export async function inventoryPostgresql(
  job: DatabaseJob,
  ends: { source: PostgresqlEnd; target: PostgresqlEnd },
  previous: ReadonlyMap<string, DatabaseLine>,
): Promise<DatabaseLine[]> {
  const source = await ends.source.connect();
  const [target, [before, after]] = await together([
    heldTarget(ends.target),
    readBoth(ends.source, job.options.connections),
  ]);
  if (await readPlan(job)) return [];
  const tables = await readTables(source);
  const begun = (await readJson<{ begun: boolean }>(job.objects, keys.inventoryState(job)))?.begun === true;
  if (!begun && previous.size === 0) await refuseForeign(target, before);
  const bytes = tables.reduce((sum, table) => sum + table.bytes, 0);
  await writeJson(job.objects, keys.inventoryState(job), {
    begun: true,
    objects: before.length,
    bytes,
    segments: [],
  });
  await commitsInPassing(target);
  if (previous.size > 0) await silence(target, after, previous);
  else await makeMarks(target);
  const lines: DatabaseLine[] = [];
  const main = mainOwner(before);
  const available = await availableExtensions(target);
  for (const definition of before) {
    if (isPrivileges(definition)) lines.push(definitionLine(definition));
    else if (definition.type === 'EXTENSION' && !available.has(definition.name)) {
      const why = `移行先のサーバーに拡張 ${definition.name} がありません(pg_available_extensions)。これを使うものも作れません`;
      lines.push({ ...definitionLine(definition), outcome: 'skipped', why });
    } else lines.push(tellOwner(await make(target, definition, previous), definition, main));
  }
  await commitsOnDisk(target);
  lines.push(...after.map(definitionLine), ...(await largeObjectLines(source, previous)));
  lines.push(...(await withdrawnPrivileges(ends.target, previous, [...before, ...after])));
  for (const table of tables) lines.push(...(await rowsLines(source, table, lines)));
  return lines;
}

async function availableExtensions(target: Session): Promise<Set<string>> {
  const { rows } = await target.query('SELECT name FROM pg_catalog.pg_available_extensions');
  return new Set(rows.map(({ name }) => String(name)));
}

/** What comes before the rows and what comes after them; side by side where the source may have two connections more. */
async function readBoth(source: PostgresqlEnd, connections: number): Promise<[Definition[], Definition[]]> {
  const read: [Definition[], Definition[]] = [[], []];
  await inParallel(['pre-data', 'post-data'] as const, connections, async (section, index) => {
    read[index as 0 | 1] = readDefinitions(await dumpSchema(source, section));
  });
  return read;
}

async function heldTarget(end: PostgresqlEnd): Promise<Session> {
  const target = await end.connect();
  await holdTarget(target);
  return target;
}

/** Alone at the target for as long as the session lasts. Throws TransientError. */
export async function holdTarget(target: Session): Promise<void> {
  for (let attempt = 0; attempt < 30; attempt++) {
    const { rows } = await target.query('SELECT pg_catalog.pg_try_advisory_lock(7310579613) AS held');
    if (rows[0].held) return;
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
  throw new TransientError('移行先を別の処理が準備しています。しばらくして続きを行います。');
}

async function refuseForeign(target: Session, definitions: readonly Definition[]): Promise<void> {
  const { rows } = await target.query(
    `SELECT n.nspname || '.' || c.relname AS name FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'`,
  );
  const standing = new Set(rows.map(({ name }) => name as string));
  const both = definitions
    .map(({ schema, name }) => `${schema}.${name}`)
    .filter((name) => standing.has(name));
  if (both.length === 0) return;
  throw new TerminalError(
    `移行先のデータベースに同じ名前のものが既にあります(${both.slice(0, 5).join('、')} など)。何も変更していません。` +
      '空のデータベースを用意するか、不要なものを削除してから再開してください。',
  );
}

/** While the tables have no index, a part that arrived is known by its mark: no row is looked for. */
async function makeMarks(target: Session): Promise<void> {
  await target.query(makeMarksSchema);
  await target.query(`CREATE TABLE IF NOT EXISTS ${partMarks} (part text PRIMARY KEY)`);
}

/**
 * Triggers and foreign keys of the run before would act on the rows that come and go, and what the source has changed since
 * is not what it was: they are made again at the end. Foreign keys first, since they hold on to other tables' keys.
 */
async function silence(
  target: Session,
  after: readonly Definition[],
  previous: ReadonlyMap<string, DatabaseLine>,
): Promise<void> {
  const again = after.filter(
    (one) => one.type === 'FK CONSTRAINT' || one.type === 'TRIGGER' || isChanged(one, previous),
  );
  for (const { type, schema, name } of again.toSorted((a, b) => rank(a) - rank(b))) {
    const [table, object] = splitName(name);
    const place = qualified(schema, table);
    if (/CONSTRAINT$/.test(type)) {
      await target.query(`ALTER TABLE IF EXISTS ${place} DROP CONSTRAINT IF EXISTS ${quoteName(object)}`);
    } else if (/^(TRIGGER|POLICY|RULE)$/.test(type)) {
      await target.query(`DROP ${type} IF EXISTS ${quoteName(object)} ON ${place}`);
    } else if (type === 'INDEX') {
      await target.query(`DROP INDEX IF EXISTS ${qualified(schema, name)}`);
    }
  }
}

const rank = ({ type }: Definition) => (type === 'FK CONSTRAINT' ? 0 : 1);

/** The run before made it at the target, and the source has it otherwise by now. */
function isChanged(definition: Definition, previous: ReadonlyMap<string, DatabaseLine>): boolean {
  const before = previous.get(definitionLine(definition).path!);
  return before !== undefined && before.outcome !== 'skipped' && before.sha256 !== definition.sha256;
}

/** `table object`; pg_dump divides the two by a blank, and so may either name. The last is the common case. */
function splitName(name: string): [string, string] {
  const at = name.indexOf(' ');
  return [name.slice(0, at), name.slice(at + 1)];
}

async function make(
  target: Session,
  definition: Definition,
  previous: ReadonlyMap<string, DatabaseLine>,
): Promise<DatabaseLine> {
  const line = definitionLine(definition);
  const before = previous.get(line.path!);
  if (before && before.sha256 === line.sha256 && before.outcome !== 'skipped')
    return { ...line, outcome: 'unchanged', known: true };
  if (!isChanged(definition, previous)) return makeDefinition(target, definition);
  const replaced = await replaceDefinition(target, definition);
  if (replaced) return replaced;
  const what = definition.type === 'TABLE' ? 'テーブル' : 'もの';
  const why = `移行元の定義が前回から変わりました。移行先の${what}を削除してから再実行してください`;
  return { ...line, outcome: 'skipped', why };
}

async function rowsLines(
  source: Session,
  table: Table,
  lines: readonly DatabaseLine[],
): Promise<DatabaseLine[]> {
  const { schema, name } = table;
  const definition = lines.find(
    (line) => line.kind === 'table' && line.schema === schema && line.name === name,
  );
  const base = { kind: 'rows', name, schema, definition: rowsHash(table) };
  if (!definition || definition.outcome === 'skipped') {
    const why = 'テーブルの定義を移行できなかったため、行も移行しません';
    return [{ ...base, ...linePath('rows', `${schema}.${name}`), size: 0, outcome: 'skipped', why }];
  }
  const ranges = await cutIntoRanges(source, table, rangeBytes);
  return ranges.map((range) => ({
    ...base,
    ...linePath('rows', `${schema}.${name}`, describeRange(table, range)),
    size: Math.ceil(table.bytes / ranges.length),
    range,
    ...(definition.known && { known: true }),
  }));
}

async function largeObjectLines(
  source: Session,
  previous: ReadonlyMap<string, DatabaseLine>,
): Promise<DatabaseLine[]> {
  const { rows } = await source.query('SELECT COUNT(*)::int AS n FROM pg_catalog.pg_largeobject_metadata');
  const known = [...previous.values()].some(
    ({ kind, outcome }) => kind === 'large objects' && outcome !== 'skipped',
  );
  if (rows[0].n === 0 && !known) return [];
  const name = String(rows[0].n);
  return [
    { ...linePath('large objects', name), kind: 'large objects', name, size: 0, ...(known && { known }) },
  ];
}
