import type { Connection } from 'mysql2';
import { quoteName, quotePlain } from './identifiers.ts';
import { type Row, refusalOf, rowOf, rowsOf } from './query.ts';
import type { Column, Schema, TableKey } from './schema.ts';

/** More is no customer's database; memory must stay bounded. */
const mostTables = 20_000;

/** Tables (of the session's own database, or one alone) with their statements, columns and keys. Old servers open every table for this: one query of each kind. */
export async function readTables(
  connection: Connection,
  database: string | undefined,
  schema: Schema,
  only?: string,
): Promise<void> {
  const of = database === undefined ? 'DATABASE()' : quotePlain(database);
  const where = `TABLE_SCHEMA = ${of}${only === undefined ? '' : ` AND TABLE_NAME = ${quotePlain(only)}`}`;
  const found = await rowsOf(
    connection,
    'SELECT TABLE_NAME AS name, TABLE_TYPE AS kind, ENGINE AS engine, TABLE_ROWS AS estimate, DATA_LENGTH AS bytes ' +
      `FROM information_schema.TABLES WHERE ${where} ORDER BY TABLE_NAME LIMIT ${mostTables + 1}`,
  );
  if (found.length > mostTables) throw new RangeError(`More than ${mostTables} tables.`);
  const tables = found.filter(({ kind }) => kind === 'BASE TABLE' || kind === 'SYSTEM VERSIONED');
  const columns = groupByTable(
    await rowsOf(
      connection,
      'SELECT TABLE_NAME AS `table`, COLUMN_NAME AS name, DATA_TYPE AS type, COLUMN_TYPE AS fullType, ' +
        'CHARACTER_SET_NAME AS charset, IS_NULLABLE AS nullable, EXTRA AS extra ' +
        `FROM information_schema.COLUMNS WHERE ${where} ORDER BY TABLE_NAME, ORDINAL_POSITION`,
    ),
  );
  const keys = groupByTable(
    await rowsOf(
      connection,
      'SELECT TABLE_NAME AS `table`, INDEX_NAME AS name, COLUMN_NAME AS `column`, SUB_PART AS part ' +
        `FROM information_schema.STATISTICS WHERE ${where} AND NON_UNIQUE = 0 ORDER BY TABLE_NAME, INDEX_NAME, SEQ_IN_INDEX`,
    ),
  );
  for (const row of tables) {
    const name = String(row.name);
    const create = await createStatement(connection, name);
    if (typeof create !== 'string') {
      schema.unreadable.push({ kind: 'table', name, ...create });
      continue;
    }
    const own = (columns.get(name) ?? []).map(columnOf);
    const key = keyOf(keys.get(name) ?? [], own);
    schema.tables.push({
      name,
      engine: String(row.engine ?? ''),
      create,
      columns: own,
      ...(key && { key }),
      rows: Number(row.estimate ?? 0),
      bytes: Number(row.bytes ?? 0),
      versioned: row.kind === 'SYSTEM VERSIONED',
    });
  }
}

/** The statement, or why it cannot be had. */
export async function createStatement(
  connection: Connection,
  table: string,
): Promise<string | { why: string }> {
  try {
    const row = await rowOf(connection, `SHOW CREATE TABLE ${quoteName(table)}`);
    return String(row['Create Table'] ?? '');
  } catch (error) {
    const errno = refusalOf(error);
    if (errno === undefined) throw error;
    return { why: `定義を読み取れません(エラー${errno})` };
  }
}

function groupByTable(rows: readonly Row[]): Map<string, Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const name = String(row.table);
    const group = groups.get(name);
    if (group) group.push(row);
    else groups.set(name, [row]);
  }
  return groups;
}

function columnOf(row: Row): Column {
  return {
    name: String(row.name),
    type: String(row.type).toLowerCase(),
    fullType: String(row.fullType).toLowerCase(),
    ...(row.charset !== null && { charset: String(row.charset).toLowerCase() }),
    nullable: row.nullable === 'YES',
    // MySQL 5.7: 'STORED GENERATED', MariaDB 5.2: 'PERSISTENT'; 'DEFAULT_GENERATED' is an ordinary column.
    generated: /\b(VIRTUAL|STORED|PERSISTENT)\b/i.test(String(row.extra ?? '')),
  };
}

const integer = /^(tiny|small|medium|big)?int$/;

function keyOf(rows: readonly Row[], columns: readonly Column[]): TableKey | undefined {
  const indexes = new Map<string, Row[]>();
  for (const row of rows) indexes.set(String(row.name), [...(indexes.get(String(row.name)) ?? []), row]);
  const byName = new Map(columns.map((column) => [column.name, column]));
  const usable = [...indexes].filter(([, parts]) =>
    parts.every((part) => {
      const column = part.column === null ? undefined : byName.get(String(part.column));
      return column && !column.nullable && !column.generated && part.part === null;
    }),
  );
  const ranged = (parts: readonly Row[]) => integer.test(byName.get(String(parts[0]!.column))!.type);
  const chosen =
    usable.find(([name]) => name === 'PRIMARY') ?? usable.find(([, parts]) => ranged(parts)) ?? usable[0];
  if (!chosen) return undefined;
  return { columns: chosen[1].map((part) => String(part.column)), ranged: ranged(chosen[1]) };
}
