import type { Connection } from 'mysql2';
import type { DatabaseServer } from '../../../case/database-access.ts';
import { TerminalError, TransientError } from '../../../case/errors.ts';
import { readPlan } from '../../plan-chunks.ts';
import type { DatabaseJob } from '../job.ts';
import { type DatabaseLine, linePath } from '../line.ts';
import { BegunTables } from './begun-tables.ts';
import { mapCollation } from './collations.ts';
import { grantLine } from './grants.ts';
import { quotePlain } from './identifiers.ts';
import { makeObjects, objectLine } from './make-objects.ts';
import { foreignTables, makeTables, type TableMaking } from './make-tables.ts';
import { repairedColumns } from './mysql-pair.ts';
import { foldsNames, type Twins, twinOf, twinsOf } from './names.ts';
import { attempt, execute, rowOf } from './query.ts';
import { cutIntoRanges, describeRange } from './ranges.ts';
import { readSchema } from './read-schema.ts';
import { readRewriteContext } from './rewrite-context.ts';
import { isTransactional, type Schema, type StoredObject, type Table } from './schema.ts';
import { alteredSince } from './stored-hash.ts';
import { dropObject, standingAt, stands } from './target-objects.ts';
import { withdrawnGrants } from './withdrawn-grants.ts';

/** Of the server's estimate: about a second's work. */
const rangeBytes = 32 * 1024 * 1024;

const madeAnew = '前回の移行の後に移行先で変更されていた定義を、移行元の定義で作り直し';

/** Structure read, tables made, rows cut into parts. */
export async function inventoryMysql(
  job: DatabaseJob,
  server: DatabaseServer,
  { source, target }: { source: Connection; target: Connection },
  previous: ReadonlyMap<string, DatabaseLine>,
): Promise<DatabaseLine[]> {
  const lock = quotePlain(`hikkoshi-${job.caseId}-${job.target.database}`.slice(0, 64));
  const { held } = await rowOf(target, `SELECT GET_LOCK(${lock}, 30) AS held`);
  if (Number(held) !== 1)
    throw new TransientError('移行先を別の処理が準備しています。しばらくして続きを行います。');
  // Another call may have planned while this one waited: the plan stays, and so do its tables.
  if (await readPlan(job)) return [];
  const schema = await readSchema(source, server.database);
  const making: TableMaking = {
    target,
    schema,
    standing: await standingAt(target),
    context: await readRewriteContext(source, target, {
      sourceDatabase: server.database,
      targetDatabase: job.target.database,
    }),
    previous,
    twins: twinsOf(schema, await foldsNames(target)),
    begun: await BegunTables.read(job, schema),
    repaired: repairedColumns(job.options.repairDoubleEncoding),
  };
  refuseForeign(making);
  await making.begun.save();
  const altered = new Set(await alteredSince(target, previous));
  await silenceTriggers(making);
  await takeDefaults(target, making);
  await makeSequences(making);
  const definitions = await makeTables(making);
  const rows: DatabaseLine[] = [];
  for (const line of definitions) {
    const table = schema.tables.find(({ name }) => name === line.name)!;
    if (line.outcome !== 'skipped' && table.engine !== 'MRG_MyISAM')
      rows.push(...(await rowsLines(source, table, line)));
  }
  await execute(target, `DO RELEASE_LOCK(${lock})`);
  return [
    ...definitions,
    ...schema.objects.map((object) => planned(object, making.twins, altered)),
    ...schema.grants.map(grantLine),
    ...(await withdrawnGrants(target, previous, schema.grants, job.target.database)),
    ...unreadable(schema),
    ...rows,
  ];
}

function refuseForeign(making: TableMaking): void {
  const foreign = foreignTables(making);
  const objects = making.schema.objects.filter(
    (object) => making.previous.size === 0 && !making.begun.any && stands(making.standing, object),
  );
  if (foreign.length === 0 && objects.length === 0) return;
  const names = [...foreign, ...objects.map(({ name }) => name)].slice(0, 5).join('、');
  throw new TerminalError(
    `移行先のデータベースに同じ名前のものが既にあります(${names} など)。何も変更していません。` +
      '空のデータベースを用意するか、不要なものを削除してから再開してください。',
  );
}

/** Triggers and events of the run before would act on the rows that arrive; they come again at the end. */
async function silenceTriggers({ target, schema, standing }: TableMaking): Promise<void> {
  const acting = schema.objects.filter(({ kind }) => kind === 'trigger' || kind === 'event');
  for (const object of acting) {
    if (stands(standing, object)) await dropObject(target, object);
  }
  // Those of ours are gone by now.
  const foreign = [...(await standingAt(target)).triggers];
  if (foreign.length === 0) return;
  throw new TerminalError(
    `移行先に移行元にはないトリガー(${foreign.slice(0, 5).join('、')})があり、書き込む行を変えるおそれがあります。` +
      '行は書き込んでいません。削除してから再開してください。',
  );
}

/** Before the tables, whose defaults may draw from them; they come again at the end, with the value that they have then. */
async function makeSequences({ target, schema, standing, context, twins }: TableMaking): Promise<void> {
  const missing = schema.objects.filter(
    (object) =>
      object.kind === 'sequence' &&
      twinOf(twins, object.kind, object.name) === undefined &&
      !stands(standing, object),
  );
  if (missing.length > 0) await makeObjects(target, missing, context);
}

/** What tables made later by the site itself will get. */
async function takeDefaults(target: Connection, { schema, context }: TableMaking): Promise<void> {
  const { name } = mapCollation(schema.collation, context.target) ?? {};
  const charset = name === undefined ? undefined : context.target.known.get(name);
  if (!charset) return;
  await attempt(target, `ALTER DATABASE CHARACTER SET ${charset} COLLATE ${name}`);
}

async function rowsLines(
  source: Connection,
  table: Table,
  definition: DatabaseLine,
): Promise<DatabaseLine[]> {
  const ranges = await cutIntoRanges(source, table, rangeBytes);
  const size = Math.ceil(table.bytes / ranges.length);
  const plain = !isTransactional(table) && table.engine !== '';
  return ranges.map((range) => ({
    ...linePath('rows', table.name, describeRange(table, range)),
    kind: 'rows',
    name: table.name,
    size,
    range,
    definition: definition.sha256!,
    ...(definition.known && { known: true }),
    ...(definition.how?.includes('修復') && { how: '二重エンコードを修復' }),
    ...(plain && { remark: `${table.engine} のため、読み取りの間の書き込みとは同一時点になりません` }),
  }));
}

function planned(object: StoredObject, twins: Twins, altered: ReadonlySet<string>): DatabaseLine {
  const why = twinOf(twins, object.kind, object.name);
  const line = objectLine(object);
  if (why !== undefined) return { ...line, outcome: 'skipped', why };
  return altered.has(line.path ?? '') ? { ...line, how: madeAnew } : line;
}

function unreadable(schema: Schema): DatabaseLine[] {
  return schema.unreadable.map(({ kind, name, why }) => ({
    ...linePath(`${kind}s`, name),
    kind,
    name,
    size: 0,
    outcome: 'skipped',
    why,
  }));
}
