import type { Connection } from 'mysql2';
import { quoteName } from './identifiers.ts';
import { foldsNames, Names } from './names.ts';
import { execute, rowOf, rowsOf } from './query.ts';
import type { StoredObject } from './schema.ts';

/** What the target has already, by kind; names as the server has them, and as it tells them apart. */
export interface Standing {
  tables: Names;
  views: Names;
  sequences: Names;
  routines: Names;
  triggers: Names;
  events: Names;
}

export async function standingAt(target: Connection): Promise<Standing> {
  const folds = await foldsNames(target);
  const names = async (sql: string, folded = true) =>
    new Names(
      (await rowsOf(target, sql)).map((row) => String(row.name)),
      folded,
    );
  const of = (kind: string) =>
    names(
      `SELECT TABLE_NAME AS name FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_TYPE ${kind}`,
      folds,
    );
  return {
    tables: await of("IN ('BASE TABLE', 'SYSTEM VERSIONED')"),
    views: await of("= 'VIEW'"),
    sequences: await of("= 'SEQUENCE'"),
    routines: await names(
      "SELECT CONCAT(LOWER(ROUTINE_TYPE), ' ', ROUTINE_NAME) AS name FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = DATABASE()",
    ),
    triggers: await names(
      'SELECT TRIGGER_NAME AS name FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = DATABASE()',
      folds,
    ),
    events: await names(
      'SELECT EVENT_NAME AS name FROM information_schema.EVENTS WHERE EVENT_SCHEMA = DATABASE()',
    ),
  };
}

export function stands(standing: Standing, { kind, name }: Pick<StoredObject, 'kind' | 'name'>): boolean {
  if (kind === 'view') return standing.views.has(name);
  if (kind === 'sequence') return standing.sequences.has(name);
  if (kind === 'trigger') return standing.triggers.has(name);
  if (kind === 'event') return standing.events.has(name);
  return standing.routines.has(`${kind} ${name}`);
}

export async function dropObject(
  target: Connection,
  { kind, name }: Pick<StoredObject, 'kind' | 'name'>,
): Promise<void> {
  await execute(target, `DROP ${kind.toUpperCase()} IF EXISTS ${quoteName(name)}`);
}

export async function definitionAt(target: Connection, table: string): Promise<string> {
  const row = await rowOf(target, `SHOW CREATE TABLE ${quoteName(table)}`);
  return String(row['Create Table'] ?? row['Create View'] ?? '');
}
