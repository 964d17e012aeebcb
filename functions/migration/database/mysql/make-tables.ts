import type { Connection } from 'mysql2';
import { TerminalError } from '../../../case/errors.ts';
import { type DatabaseLine, linePath } from '../line.ts';
import type { BegunTables } from './begun-tables.ts';
import { declareRepaired } from './double-encoding.ts';
import { definitionHash } from './ends.ts';
import { explain } from './explain.ts';
import { quoteName } from './identifiers.ts';
import { putOffKeys } from './later-keys.ts';
import { type Twins, twinOf } from './names.ts';
import { execute, refusalOf } from './query.ts';
import { type RewriteContext, rewriteTable } from './rewrite.ts';
import { holdsNoRows, type Schema, type Table } from './schema.ts';
import { definitionAt, type Standing } from './target-objects.ts';

export interface TableMaking {
  target: Connection;
  schema: Schema;
  standing: Standing;
  context: RewriteContext;
  /** The run before, by path. */
  previous: ReadonlyMap<string, DatabaseLine>;
  begun: BegunTables;
  twins: Twins;
  /** Columns to repair, by table. */
  repaired: ReadonlyMap<string, ReadonlySet<string>>;
}

export function tablePath(name: string) {
  return linePath('tables', name);
}

/** Tables that stand at the target and that no run of this move has made: they are never touched. */
export function foreignTables({ schema, standing, previous, begun }: TableMaking): string[] {
  return schema.tables
    .map(({ name }) => name)
    .filter((name) => standing.tables.has(name) || standing.views.has(name))
    .filter((name) => !begun.has(name) && !previous.has(tablePath(name).path!));
}

/** Makes what is missing, keeps what is as it was, makes again what the source has changed since. */
export async function makeTables(making: TableMaking): Promise<DatabaseLine[]> {
  const lines: DatabaseLine[] = [];
  const failed: { table: Table; error: unknown }[] = [];
  for (const table of making.schema.tables) {
    try {
      lines.push(await makeTable(making, table));
    } catch (error) {
      failed.push({ table, error });
    }
  }
  // A MERGE table needs the tables below it, wherever they come in the list.
  for (const { table, error } of failed) {
    const again = await makeTable(making, table).catch(() => undefined);
    lines.push(again ?? refused(table, error));
  }
  return lines;
}

function lineOf(table: Table): DatabaseLine {
  return {
    ...tablePath(table.name),
    kind: 'table',
    name: table.name,
    size: 0,
    sha256: definitionHash(table.create),
  };
}

async function makeTable(making: TableMaking, table: Table): Promise<DatabaseLine> {
  const { target, standing, previous, begun } = making;
  const line = lineOf(table);
  const away = twinOf(making.twins, 'table', table.name) ?? holdsNoRows(table);
  if (away !== undefined) return { ...line, outcome: 'skipped', why: away };
  const before = previous.get(line.path!);
  const stands = standing.tables.has(table.name);
  if (stands && before && before.outcome !== 'skipped') {
    const now = definitionHash(await definitionAt(target, table.name));
    const isOurs = begun.isReplaced(table.name, before.targetSha256);
    if (before.targetSha256 !== now && !isOurs) {
      const why = '移行先のテーブル定義が前回の移行の後に変更されています(上書きしません)';
      return { ...line, outcome: 'skipped', why };
    }
    if (before.sha256 === line.sha256 && before.targetSha256 === now)
      return { ...line, ...kept(before), targetSha256: now, known: true };
    if (!isOurs) await begun.replace(table.name, now);
  }
  const how = await create(making, table);
  if (stands && before) how.push('移行元の定義が変わったため作り直し');
  const targetSha256 = definitionHash(await definitionAt(target, table.name));
  const outcome =
    how.length > 0 ? { outcome: 'altered' as const, how: how.join('、') } : { outcome: 'moved' as const };
  const later = await putOffKeys(target, making.schema, table);
  return { ...line, ...outcome, targetSha256, ...(later.length > 0 && { later }) };
}

function kept(before: DatabaseLine) {
  return { outcome: 'unchanged' as const, ...(before.how !== undefined && { how: before.how }) };
}

async function create({ target, context, repaired }: TableMaking, table: Table): Promise<string[]> {
  const columns = repaired.get(table.name) ?? new Set();
  const { sql, how } = rewriteTable(declareRepaired(table.create, columns), context);
  if (columns.size > 0) how.push(`二重エンコードを修復: ${[...columns].join('、')}`);
  if (table.versioned) how.push('過去の版の行は移行しない(現在の行のみ)');
  await execute(target, `DROP TABLE IF EXISTS ${quoteName(table.name)}`);
  await execute(target, sql);
  return how;
}

function refused(table: Table, error: unknown): DatabaseLine {
  const explained = explain(error, '移行先', `テーブル ${table.name} の作成`);
  if (!(explained instanceof TerminalError)) throw explained;
  const errno = refusalOf(error);
  // No right at all, no space: nothing else will succeed either.
  if (errno === undefined || [1044, 1142, 1227, 1021, 1114, 1045].includes(errno)) throw explained;
  return { ...lineOf(table), outcome: 'skipped', why: `移行先がこの定義を受け付けません(エラー${errno})` };
}
