import type { Connection } from 'mysql2';
import { quoteName, quotePlain } from './identifiers.ts';
import { attempt, type Row, refusalOf, rowOf, rowsOf } from './query.ts';
import type { Schema, StoredKind, StoredObject } from './schema.ts';
import type { ServerKind } from './server-kind.ts';

interface Listing {
  kind: StoredKind;
  /** First version that has it, by flavour; absent where the flavour never has. */
  since: Partial<Record<ServerKind['flavour'], number>>;
  /** Lists names (`name`, and `table` for triggers). `?` is the database's name. */
  list: string;
  show: (name: string) => string;
  /** The column of the answer that holds the statement. */
  column: string;
}

/**
 * How each kind is listed and shown. Sources: MySQL reference manual, "SHOW Statements" and "What Is New" of 5.0, 5.1;
 * MariaDB knowledge base, "SHOW CREATE SEQUENCE" (10.3), "SHOW CREATE PACKAGE" (10.3.5).
 */
const listings: readonly Listing[] = [
  {
    kind: 'sequence',
    since: { mariadb: 100300 },
    list: "SELECT TABLE_NAME AS name FROM information_schema.TABLES WHERE TABLE_SCHEMA = ? AND TABLE_TYPE = 'SEQUENCE'",
    show: (name) => `SHOW CREATE SEQUENCE ${name}`,
    column: 'Create Table',
  },
  routine('function', 'FUNCTION', 'Create Function', 50000),
  routine('procedure', 'PROCEDURE', 'Create Procedure', 50000),
  { ...routine('package', 'PACKAGE', 'Create Package', 0), since: { mariadb: 100305 } },
  { ...routine('package body', 'PACKAGE BODY', 'Create Package Body', 0), since: { mariadb: 100305 } },
  {
    kind: 'view',
    since: { mysql: 50001, mariadb: 50001 },
    list: 'SELECT TABLE_NAME AS name FROM information_schema.VIEWS WHERE TABLE_SCHEMA = ?',
    show: (name) => `SHOW CREATE VIEW ${name}`,
    column: 'Create View',
  },
  {
    kind: 'trigger',
    since: { mysql: 50121, mariadb: 50121 },
    // In the order in which they fire, so that making them again keeps it.
    list:
      'SELECT TRIGGER_NAME AS name, EVENT_OBJECT_TABLE AS `table` FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = ? ' +
      'ORDER BY EVENT_OBJECT_TABLE, ACTION_TIMING, EVENT_MANIPULATION, ACTION_ORDER',
    show: (name) => `SHOW CREATE TRIGGER ${name}`,
    column: 'SQL Original Statement',
  },
  {
    kind: 'event',
    since: { mysql: 50106, mariadb: 50106 },
    list: 'SELECT EVENT_NAME AS name FROM information_schema.EVENTS WHERE EVENT_SCHEMA = ?',
    show: (name) => `SHOW CREATE EVENT ${name}`,
    column: 'Create Event',
  },
];

function routine(kind: StoredKind, type: string, column: string, since: number): Listing {
  return {
    kind,
    since: { mysql: since, mariadb: since },
    list: `SELECT ROUTINE_NAME AS name FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = ? AND ROUTINE_TYPE = '${type}'`,
    show: (name) => `SHOW CREATE ${type} ${name}`,
    column,
  };
}

/** Everything that is not a table, each with the sql_mode and character set that it was made under. */
export async function readObjects(connection: Connection, kind: ServerKind, schema: Schema): Promise<void> {
  for (const listing of listings) {
    const since = listing.since[kind.flavour];
    if (since === undefined || kind.version < since) continue;
    const statement = listing.list.replace('?', quotePlain(schema.database));
    for (const { name, table } of await list(connection, statement)) {
      const object = await show(connection, listing, String(name));
      if ('why' in object)
        schema.unreadable.push({ kind: listing.kind, name: String(name), why: object.why });
      else schema.objects.push({ ...object, ...(table !== undefined && { table: String(table) }) });
    }
  }
}

/** ACTION_ORDER came with MySQL 5.7 and MariaDB 10.2: before, there was one trigger of a kind. */
async function list(connection: Connection, statement: string): Promise<Row[]> {
  if (!statement.includes('ACTION_ORDER')) return rowsOf(connection, statement);
  const known = await attempt(connection, 'SELECT ACTION_ORDER FROM information_schema.TRIGGERS LIMIT 0');
  return rowsOf(connection, known ? statement : statement.replace(', ACTION_ORDER', ''));
}

async function show(
  connection: Connection,
  listing: Listing,
  name: string,
): Promise<StoredObject | { why: string }> {
  try {
    const row = await rowOf(connection, listing.show(quoteName(name)));
    const create = row[listing.column];
    // The body is NULL for whoever may call a routine but not read it.
    if (typeof create !== 'string' || create === '') return { why: '定義を読む権限がありません' };
    return {
      kind: listing.kind,
      name,
      create,
      ...(typeof row.sql_mode === 'string' && { sqlMode: row.sql_mode }),
      ...(typeof row.character_set_client === 'string' && { charset: row.character_set_client }),
      ...(typeof row.collation_connection === 'string' && { collation: row.collation_connection }),
      ...(typeof row['Database Collation'] === 'string' && { databaseCollation: row['Database Collation'] }),
      ...(typeof row.time_zone === 'string' && {
        zone: { name: row.time_zone, offset: await offsetOf(connection, row.time_zone) },
      }),
      ...(listing.kind === 'sequence' && { next: await nextValue(connection, name) }),
    };
  } catch (error) {
    const errno = refusalOf(error);
    if (errno === undefined) throw error;
    return { why: `定義を読み取れません(エラー${errno})` };
  }
}

/** What a zone is ahead of UTC by now, `-09:30:00`; '' for one that the server does not know. */
export async function offsetOf(connection: Connection, zone: string): Promise<string> {
  const local = `CONVERT_TZ(UTC_TIMESTAMP(), '+00:00', ${quotePlain(zone)})`;
  const { ahead } = await rowOf(connection, `SELECT TIMEDIFF(${local}, UTC_TIMESTAMP()) AS ahead`);
  return ahead === null ? '' : String(ahead);
}

async function nextValue(connection: Connection, name: string): Promise<string> {
  const row = await rowOf(connection, `SELECT next_not_cached_value AS next FROM ${quoteName(name)}`);
  return String(row.next);
}
