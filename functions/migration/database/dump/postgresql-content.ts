import { finished } from 'node:stream/promises';
import { type CopyStreamQuery, from as copyFrom } from 'pg-copy-streams';
import type { DatabaseLine } from '../line.ts';
import type { Session } from '../postgresql/ends.ts';
import { isRefusal, noSuchTable, refusalOf } from '../postgresql/explain.ts';
import { quoteName } from '../postgresql/identifiers.ts';
import { readTables, type Table, tableName } from '../postgresql/read-tables.ts';
import type { ContentEnd } from './content-end.ts';
import { NotComparable } from './content-state.ts';
import { rowsHead } from './postgresql-rows-head.ts';
import { postgresqlSums } from './postgresql-sums.ts';
import { drained } from './replay-postgresql-dump.ts';
import { cutAt, type KeyCut, type Span, spanWhere, type TableSums } from './table-sums.ts';

const copy = 'pg_temp.hikkoshi_dump_rows';

export class PostgresqlContent implements ContentEnd {
  readonly #session: Session;
  #tables: Promise<Map<string, Table>> | undefined;
  #copying: CopyStreamQuery | undefined;

  constructor(session: Session) {
    this.#session = session;
  }

  async has(line: DatabaseLine): Promise<boolean> {
    return (await this.#table(line)) !== undefined;
  }

  async cutOf(line: DatabaseLine): Promise<KeyCut | undefined> {
    const table = await this.#known(line);
    if (table.key === undefined) return undefined;
    const key = quoteName(table.key);
    const { rows } = await this.#session.query(
      `SELECT MIN(${key})::text AS low, MAX(${key})::text AS high FROM ONLY ${tableName(table)}`,
    );
    return cutAt(table.key, rows[0].low, rows[0].high, line.rows ?? 0);
  }

  /** In a transaction that is never committed, and may write to temporary tables only from here on. */
  async open(line: DatabaseLine): Promise<void> {
    await this.#session.query('BEGIN');
    await this.#session.query(`CREATE TEMPORARY TABLE ${copy} (LIKE ${tableName(await this.#known(line))})`);
    await this.#session.query('SET TRANSACTION READ ONLY');
  }

  async insert(line: DatabaseLine, statement: string): Promise<void> {
    await this.#endCopy();
    await this.#session.query(await this.#intoCopy(line, statement));
  }

  /** Whole lines of a COPY's text; the first of a batch begins it. */
  async copyRows(line: DatabaseLine, statement: string, rows: Buffer): Promise<void> {
    if (!this.#copying) {
      this.#copying = this.#session.query(copyFrom(await this.#intoCopy(line, statement)));
      this.#copying.on('error', () => undefined);
    }
    const copying = this.#copying;
    if (copying.errored) throw copying.errored;
    if (!copying.write(rows)) await drained(copying);
  }

  async sumsOfCopy(line: DatabaseLine, cut: KeyCut | undefined): Promise<TableSums> {
    await this.#endCopy();
    return postgresqlSums(this.#session, copy, (await this.#known(line)).columns, cut);
  }

  async drop(): Promise<void> {
    await this.#endCopy().catch(() => undefined);
    await this.#session.query('ROLLBACK');
  }

  async sumsAtTarget(line: DatabaseLine, cut: KeyCut | undefined, span: Span): Promise<TableSums> {
    const table = await this.#known(line);
    const where = cut ? spanWhere(quoteName(cut.column), span) : '';
    return postgresqlSums(this.#session, tableName(table), table.columns, cut, where);
  }

  async count(line: DatabaseLine): Promise<number> {
    const place = tableName(await this.#known(line));
    const { rows } = await this.#session.query(`SELECT count(*)::text AS n FROM ONLY ${place}`);
    return Number(rows[0].n);
  }

  isGone(error: unknown): boolean {
    return refusalOf(error) === noSuchTable;
  }

  whyRefused(error: unknown): string | undefined {
    if (error instanceof NotComparable) return error.message;
    return isRefusal(error) ? `一時テーブルに取り込めません。エラー${refusalOf(error)}` : undefined;
  }

  async #endCopy(): Promise<void> {
    const copying = this.#copying;
    this.#copying = undefined;
    if (!copying) return;
    if (copying.errored) throw copying.errored;
    copying.end();
    await finished(copying);
  }

  async #intoCopy(line: DatabaseLine, statement: string): Promise<string> {
    const head = rowsHead(statement);
    const { columns } = await this.#known(line);
    if (!head || (head.columns && !columns.every(({ name }) => head.columns?.has(name))))
      throw new NotComparable('ダンプが一部の列の値だけを持っています');
    return head.into(copy);
  }

  async #known(line: DatabaseLine): Promise<Table> {
    const table = await this.#table(line);
    if (!table) throw new NotComparable('移行先にテーブルがありません');
    return table;
  }

  async #table({ schema = '', name }: DatabaseLine): Promise<Table | undefined> {
    this.#tables ??= readTables(this.#session).then(
      (tables) => new Map(tables.map((table) => [tableName(table), table])),
    );
    return (await this.#tables).get(tableName({ schema, name }));
  }
}
