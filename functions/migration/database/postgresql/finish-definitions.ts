import { together } from '../../together.ts';
import type { DatabaseLine } from '../line.ts';
import { copyLargeObjects } from './copy-large-objects.ts';
import { type Definition, readDefinitions } from './definitions.ts';
import { commitsInPassing, commitsOnDisk, type PostgresqlEnd, type Session } from './ends.ts';
import { qualified, quoteText } from './identifiers.ts';
import { makeDefinition } from './make-definitions.ts';
import { dropMarks } from './marks.ts';
import { dumpSchema } from './pg-dump.ts';
import { isPrivileges, makePrivileges, mapRoles } from './privileges.ts';

/** Sessions that build indexes side by side. */
const builders = 2;

/** Counters, indexes and constraints side by side, then what depends on them in pg_dump's order; privileges; large objects. */
export async function finishPostgresql(
  ends: { source: PostgresqlEnd; target: PostgresqlEnd },
  lines: readonly DatabaseLine[],
): Promise<DatabaseLine[]> {
  const source = await ends.source.connect();
  const [target, text] = await together([ends.target.connect(), dumpSchema(ends.source, 'post-data')]);
  const after = readDefinitions(text);
  const made: DatabaseLine[] = [];
  await buildIndexes(ends.target, await largestFirst(target, after.filter(isIndex)), made);
  for (const definition of after.filter((one) => !isIndex(one) && !isPrivileges(one)))
    made.push(await makeDefinition(target, definition));
  await setSequences(source, target);
  await refreshViews(source, target);
  if (lines.some(({ kind }) => isPrivileges({ type: kind.toUpperCase() }))) {
    const all = [...readDefinitions(await dumpSchema(ends.source, 'pre-data')), ...after];
    const roles = await mapRoles(target, [ends.source.server.user, ...all.map(({ owner }) => owner)]);
    for (const one of all.filter(isPrivileges)) made.push(await makePrivileges(target, one, roles));
  }
  const large = lines.filter(({ kind }) => kind === 'large objects');
  for (const line of large) made.push(await copyLargeObjects(source, target, line));
  await target.query(dropMarks);
  await commitsOnDisk(target);
  const settled = lines.filter(({ outcome }) => outcome !== undefined);
  const paths = new Set([...made, ...settled].map(({ path }) => path));
  const why = '移行の途中で移行元からなくなりました';
  const gone = lines
    .filter(({ path }) => !paths.has(path))
    .map((line) => ({ ...line, outcome: 'skipped' as const, why }));
  return [...settled, ...made, ...gone];
}

function isIndex({ type }: Definition): boolean {
  return type === 'INDEX' || type === 'CONSTRAINT';
}

/** By table: those of one stay with one session, in their order, since they would wait for each other's locks. */
async function largestFirst(target: Session, definitions: readonly Definition[]): Promise<Definition[][]> {
  const byTable = new Map<string, Definition[]>();
  for (const definition of definitions) {
    const [, table = ''] =
      /\b(?:ON|TABLE)(?: ONLY)? ((?:"(?:[^"]|"")*"|\w+)\.(?:"(?:[^"]|"")*"|\w+))/.exec(
        definition.statements[0] ?? '',
      ) ?? [];
    byTable.set(table, [...(byTable.get(table) ?? []), definition]);
  }
  const { rows } = await target.query(
    `SELECT name FROM pg_catalog.unnest($1::text[]) AS name
     ORDER BY pg_catalog.pg_table_size(pg_catalog.to_regclass(NULLIF(name, ''))) DESC NULLS LAST`,
    [[...byTable.keys()]],
  );
  return rows.map(({ name }) => byTable.get(name)!);
}

async function buildIndexes(end: PostgresqlEnd, queue: Definition[][], made: DatabaseLine[]): Promise<void> {
  const work = async () => {
    const session = await end.connect();
    await commitsInPassing(session);
    // The server's own default is for a hundred sessions at once.
    await session.query("SET maintenance_work_mem = '128MB'");
    for (let group = queue.shift(); group; group = queue.shift()) {
      for (const definition of group) made.push(await makeDefinition(session, definition));
    }
    end.discard(session);
  };
  await Promise.all(Array.from({ length: builders }, work));
}

/** Their values, those of identity columns too: a number that was given once is not given again. */
async function setSequences(source: Session, target: Session): Promise<void> {
  const { rows } = await source.query(
    `SELECT n.nspname AS schema, c.relname AS name FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind = 'S' AND n.nspname !~ '^pg_' AND c.relpersistence <> 't'`,
  );
  for (const { schema, name } of rows) {
    const sequence = qualified(schema, name);
    const { rows: values } = await source.query(
      `SELECT last_value::text AS last, is_called AS called FROM ${sequence}`,
    );
    const { rows: there } = await target.query(
      `SELECT pg_catalog.to_regclass(${quoteText(sequence)}) IS NOT NULL AS there`,
    );
    if (!values[0] || !there[0].there) continue;
    await target.query(
      `SELECT pg_catalog.setval(${quoteText(sequence)}, ${BigInt(values[0].last)}, ${values[0].called === true})`,
    );
  }
}

/** Materialised views that the source has filled; again for as long as that helps, since they stand on each other. */
async function refreshViews(source: Session, target: Session): Promise<void> {
  const { rows } = await source.query(
    `SELECT n.nspname AS schema, c.relname AS name FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind = 'm' AND c.relispopulated AND n.nspname !~ '^pg_' ORDER BY c.oid`,
  );
  for (let open = rows; open.length > 0; ) {
    const failed: typeof rows = [];
    for (const row of open) {
      await target
        .query(`REFRESH MATERIALIZED VIEW ${qualified(row.schema, row.name)}`)
        .catch(() => failed.push(row));
    }
    if (failed.length === open.length) return;
    open = failed;
  }
}
