import type { Connection } from 'mysql2';
import type { DatabaseLine } from '../line.ts';
import { executeBytes } from '../mysql/execute-bytes.ts';
import { isRefusal } from '../mysql/explain.ts';
import { quoteName, quotePlain } from '../mysql/identifiers.ts';
import { execute, noSuchTable, refusalOf, rowOf } from '../mysql/query.ts';
import { readTables } from '../mysql/read-tables.ts';
import { ownColumns, type Schema, type Table } from '../mysql/schema.ts';
import { loadingMode } from '../mysql/session.ts';
import type { ContentEnd } from './content-end.ts';
import { NotComparable } from './content-state.ts';
import { rowsHead } from './mysql-rows-head.ts';
import type { DumpStatement } from './mysql-splitter.ts';
import { mysqlSums } from './mysql-sums.ts';
import { cutAt, type KeyCut, type Span, spanWhere, type TableSums } from './table-sums.ts';

const copy = 'hikkoshi_dump_rows';
const tableFull = 1114;

export class MysqlContent implements ContentEnd {
  /** With our settings; reads the tables that stand there. */
  readonly #reader: Connection;
  /** With the dump's settings; it has the copy. */
  readonly #session: Connection;
  readonly #tables = new Map<string, Table | undefined>();

  constructor(reader: Connection, session: Connection) {
    this.#reader = reader;
    this.#session = session;
  }

  async has({ name }: DatabaseLine): Promise<boolean> {
    return (await this.#table(name)) !== undefined;
  }

  async cutOf(line: DatabaseLine): Promise<KeyCut | undefined> {
    const { name, key } = await this.#known(line);
    if (!key?.ranged) return undefined;
    const column = key.columns[0]!;
    const of = quoteName(column);
    const { low, high } = await rowOf(
      this.#reader,
      `SELECT MIN(${of}) AS low, MAX(${of}) AS high FROM ${quoteName(name)}`,
    );
    return cutAt(column, low, high, line.rows ?? 0);
  }

  async open(line: DatabaseLine): Promise<void> {
    const { name, columns } = await this.#known(line);
    const list = columns.map((column) => quoteName(column.name)).join(', ');
    // A dump of MariaDB's gives values to generated columns too: they are taken, and not compared.
    const generated = columns.filter((column) => column.generated);
    const loose = generated.map((column) => `${quoteName(column.name)} LONGBLOB NULL`).join(', ');
    // Made from a SELECT it has the columns alone: no index, no partition, no check, no number of its own.
    const make = `CREATE TEMPORARY TABLE ${copy} ${loose && `(${loose})`} SELECT ${list} FROM ${quoteName(name)} LIMIT 0`;
    await this.#withOurSettings(() => this.#writing(make));
  }

  /** One INSERT of the dump, into the copy. */
  async put(line: DatabaseLine, statement: DumpStatement): Promise<void> {
    const { columns, into } = rowsHead(statement);
    const own = ownColumns(await this.#known(line));
    if (columns && !own.every(({ name }) => columns.has(name.toLowerCase())))
      throw new NotComparable('ダンプが一部の列の値だけを持っています');
    await executeBytes(this.#session, into(copy));
  }

  async sumsOfCopy(line: DatabaseLine, cut: KeyCut | undefined): Promise<TableSums> {
    const columns = ownColumns(await this.#known(line));
    return this.#withOurSettings(() => mysqlSums(this.#session, copy, columns, cut));
  }

  async drop(): Promise<void> {
    await this.#writing(`DROP TEMPORARY TABLE IF EXISTS ${copy}`);
  }

  async sumsAtTarget(line: DatabaseLine, cut: KeyCut | undefined, span: Span): Promise<TableSums> {
    const table = await this.#known(line);
    const where = cut ? spanWhere(quoteName(cut.column), span) : '';
    return mysqlSums(this.#reader, table.name, ownColumns(table), cut, where);
  }

  async count(line: DatabaseLine): Promise<number> {
    const { name } = await this.#known(line);
    return Number((await rowOf(this.#reader, `SELECT COUNT(*) AS n FROM ${quoteName(name)}`)).n);
  }

  isGone(error: unknown): boolean {
    return refusalOf(error) === noSuchTable;
  }

  whyRefused(error: unknown): string | undefined {
    if (error instanceof NotComparable) return error.message;
    const errno = refusalOf(error);
    if (errno === undefined || !(isRefusal(error) || errno === tableFull)) return undefined;
    return `一時テーブルに取り込めません。エラー${errno}`;
  }

  /** The session writes to temporary tables only, whatever the dump holds: the server sees to it but for this statement. */
  async #writing(statement: string): Promise<void> {
    const session = this.#session;
    await execute(session, 'COMMIT');
    await execute(session, 'SET SESSION TRANSACTION READ WRITE');
    try {
      await execute(session, statement);
      await execute(session, 'COMMIT');
    } finally {
      await execute(session, 'SET SESSION TRANSACTION READ ONLY');
    }
  }

  /** The dump's own come back: its next rows are written in them. */
  async #withOurSettings<T>(work: () => Promise<T>): Promise<T> {
    const session = this.#session;
    const { zone, mode, client, collation, results } = await rowOf(
      session,
      'SELECT @@time_zone AS zone, @@sql_mode AS mode, @@character_set_client AS client, @@collation_connection AS collation, @@character_set_results AS results',
    );
    await execute(session, `SET NAMES utf8mb4`);
    await execute(session, `SET SESSION time_zone = '+00:00', sql_mode = '${loadingMode}'`);
    try {
      return await work();
    } finally {
      const text = (value: unknown) => quotePlain(String(value));
      await execute(session, `SET SESSION time_zone = ${text(zone)}, sql_mode = ${text(mode)}`);
      await execute(
        session,
        `SET character_set_client = ${text(client)}, collation_connection = ${text(collation)}, character_set_results = ${results === null ? 'NULL' : text(results)}`,
      );
    }
  }

  async #known({ name }: DatabaseLine): Promise<Table> {
    const table = await this.#table(name);
    if (!table) throw new NotComparable('移行先にテーブルがありません');
    return table;
  }

  async #table(name: string): Promise<Table | undefined> {
    if (!this.#tables.has(name)) {
      const found = { tables: [], unreadable: [] } as Pick<Schema, 'tables' | 'unreadable'> as Schema;
      await readTables(this.#reader, undefined, found, name);
      // Servers that fold names have it in small letters.
      const table = found.tables.find((one) => one.name === name) ?? found.tables[0];
      this.#tables.set(name, table);
    }
    return this.#tables.get(name);
  }
}
