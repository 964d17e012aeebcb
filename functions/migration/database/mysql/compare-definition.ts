import type { Connection } from 'mysql2';
import type { DatabaseLine } from '../line.ts';
import type { Comparison } from '../pair.ts';
import { definitionHash } from './ends.ts';
import { grantLine, standsGrant } from './grants.ts';
import { rowOf } from './query.ts';
import { readTables } from './read-tables.ts';
import type { Column, Schema, StoredKind, Table } from './schema.ts';
import { definitionAt, standingAt, stands } from './target-objects.ts';

/** A definition at the target: there, as it was made, and for a table with the source's columns and key. */
export async function compareDefinition(
  target: Connection,
  schema: Schema,
  table: Table | undefined,
  line: DatabaseLine,
): Promise<Comparison> {
  if (line.kind === 'grant') {
    const grant = schema.grants.find((one) => grantLine(one).path === line.path);
    const { database } = await rowOf(target, 'SELECT DATABASE() AS `database`');
    const there = grant === undefined || (await standsGrant(target, grant, String(database)));
    return { result: there ? 'match' : 'missing' };
  }
  if (line.kind !== 'table') {
    const standing = await standingAt(target);
    return {
      result: stands(standing, { kind: line.kind as StoredKind, name: line.name }) ? 'match' : 'missing',
    };
  }
  const create = await definitionAt(target, line.name).catch(() => undefined);
  if (create === undefined) return { result: 'missing' };
  if (definitionHash(create) !== line.targetSha256) {
    return { result: 'differs', remark: `${line.name}: 移行先で定義が変更されています` };
  }
  if (!table || definitionHash(table.create) !== line.sha256) {
    return { result: 'changed-at-source', remark: `${line.name}: 移行後に移行元で定義が変更` };
  }
  const found: Schema = { ...schema, tables: [], objects: [], grants: [], unreadable: [] };
  await readTables(target, undefined, found, line.name);
  const difference = found.tables[0] && differenceOf(table, found.tables[0], line.outcome === 'altered');
  return difference === undefined
    ? { result: 'match' }
    : { result: 'differs', remark: `${line.name}: ${difference}` };
}

/** Servers write one type in several ways: display widths went with MySQL 8, JSON is text in MariaDB. */
export function plainType(type: string): string {
  return type
    .replace(/int\(\d+\)/, 'int')
    .replace(/^year\(\d+\)/, 'year')
    .replace(/^json$/, 'longtext')
    .replace(/\s+\/\*.*$/, '')
    .trim();
}

function differenceOf(source: Table, target: Table, altered: boolean): string | undefined {
  const describe = (column: Column) =>
    `${column.name} ${plainType(column.fullType)} ${column.nullable ? 'NULL' : 'NOT NULL'}`;
  const [here, there] = [source.columns.map(describe), target.columns.map(describe)];
  const at = here.findIndex((text, index) => text !== there[index]);
  if (at >= 0 || here.length !== there.length) {
    return `列の定義が異なります(${source.columns[Math.max(at, 0)]?.name ?? ''})`;
  }
  const charset = source.columns.find(
    (column, index) => same(column.charset) !== same(target.columns[index]!.charset),
  );
  if (charset && !altered) return `列 ${charset.name} の文字セットが異なります`;
  if (source.key?.columns.join() !== target.key?.columns.join()) return '主キーが異なります';
  return undefined;
}

function same(charset: string | undefined): string | undefined {
  return charset === 'utf8' ? 'utf8mb3' : charset;
}
