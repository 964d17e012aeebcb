import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { finished, pipeline } from 'node:stream/promises';
import { TransientError } from '../../../case/errors.ts';
import { equalChecksums } from '../column-facts.ts';
import type { DatabaseLine } from '../line.ts';
import { type CopyWorker, RowsRefused, TableChanged } from '../pair.ts';
import { checksumOf } from './checksum.ts';
import { CopyIn } from './copy-in.ts';
import { CopyOut } from './copy-out.ts';
import type { PostgresqlEnd, Session } from './ends.ts';
import { explain, refusalOf } from './explain.ts';
import { quoteName, quoteText } from './identifiers.ts';
import { partMarks } from './marks.ts';
import { rangeWhere } from './ranges.ts';
import { columnList, rowsHash, type Table, tableName } from './read-tables.ts';

export interface WorkerParts {
  /** In the snapshot that all share. */
  reader: Session;
  target: PostgresqlEnd;
  tables: ReadonlyMap<string, Table>;
}

/** One connection to each end; the writer is replaced when it breaks. */
export class PostgresqlWorker implements CopyWorker {
  readonly #parts: WorkerParts;
  #writer: Session | undefined;

  constructor(parts: WorkerParts) {
    this.#parts = parts;
  }

  async hold(line: DatabaseLine) {
    const writer = await this.#connected();
    const key = lockKey(line);
    const { rows } = await this.#asking('ロックの取得', () =>
      writer.query(`SELECT pg_catalog.pg_try_advisory_lock(${key}) AS held`),
    );
    if (!rows[0].held) return undefined;
    return {
      release: async () => {
        if (this.#writer !== writer) return;
        await writer.query(`SELECT pg_catalog.pg_advisory_unlock(${key})`).catch(() => this.#broken());
      },
    };
  }

  async whyChanged(line: DatabaseLine): Promise<string | undefined> {
    const table = this.#parts.tables.get(keyOf(line));
    return table && rowsHash(table) === line.definition ? undefined : changed(line);
  }

  async sameChecksum(line: DatabaseLine): Promise<string | undefined> {
    const table = this.#table(line);
    const where = rangeWhere(table, line.range ?? {});
    const writer = await this.#connected();
    const [source, target] = await Promise.all([
      checksumOf(this.#parts.reader, table, where).catch((error) => {
        throw explain(error, '移行元', '読み取り');
      }),
      this.#asking('チェックサムの計算', () => checksumOf(writer, table, where)),
    ]);
    return equalChecksums(source, target) ? `${target.rows} ${target.sum}` : undefined;
  }

  read(line: DatabaseLine) {
    const table = this.#table(line);
    const content = new CopyOut(readStatement(table, line), (error) => readProblem(error, line));
    // Whoever reads it is told too.
    content.on('error', () => undefined);
    this.#parts.reader.query(content);
    return { content, rows: () => content.rowCount };
  }

  async deliver(line: DatabaseLine, content: Readable, rows: () => number): Promise<void> {
    const table = this.#table(line);
    try {
      await this.#replace(await this.#connected(), table, line, content, rows);
    } catch (error) {
      // Closing the session undoes the transaction. The lock goes with it.
      this.#broken();
      const code = refusalOf(error);
      if (code !== undefined && /^2[23]/.test(code)) {
        throw new RowsRefused(`テーブル ${line.name} の行を移行先が受け付けません(エラー${code})`);
      }
      throw explain(error, '移行先', `テーブル ${line.name} への書き込み`);
    }
  }

  async #replace(writer: Session, table: Table, line: DatabaseLine, content: Readable, rows: () => number) {
    await writer.query('BEGIN');
    if (!line.known && (await hasMarks(writer))) {
      const part = quoteText(line.path ?? '');
      const inserted = await writer.query(`INSERT INTO ${partMarks} VALUES (${part}) ON CONFLICT DO NOTHING`);
      if (inserted.rowCount === 0) {
        // It arrived before, and only its line of the ledger was not written.
        await writer.query('ROLLBACK');
        content.resume();
        return finished(content);
      }
    } else await writer.query(`DELETE FROM ONLY ${tableName(table)} ${rangeWhere(table, line.range ?? {})}`);
    const copy = writer.query(
      new CopyIn(`COPY ${tableName(table)} (${columnList(table)}) FROM STDIN ${form(table)}`),
    );
    await pipeline(content, copy);
    if (copy.rowCount !== rows()) {
      throw new TransientError(
        `移行先に${copy.rowCount}行しか書き込めませんでした(${rows()}行のうち)。やり直します。`,
      );
    }
    await writer.query('COMMIT');
  }

  #table(line: DatabaseLine): Table {
    const table = this.#parts.tables.get(keyOf(line));
    if (!table) throw new TableChanged(changed(line));
    return table;
  }

  async #connected(): Promise<Session> {
    if (this.#writer) return this.#writer;
    const writer = await this.#parts.target.connect();
    writer.once('error', () => this.#broken());
    this.#writer = writer;
    return writer;
  }

  #broken(): void {
    if (this.#writer) this.#parts.target.discard(this.#writer);
    this.#writer = undefined;
  }

  async #asking<T>(doing: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      this.#broken();
      throw explain(error, '移行先', doing);
    }
  }
}

export function keyOf({ schema, name }: { schema?: string; name: string }): string {
  return `${schema}\0${name}`;
}

/** In the order of the key where it is one: then the text of a part is the same as long as its rows are. */
export function readStatement(table: Table, line: DatabaseLine): string {
  const order = table.unique ? `ORDER BY ${quoteName(table.key!)}` : '';
  const where = rangeWhere(table, line.range ?? {});
  const select = `SELECT ${columnList(table)} FROM ONLY ${tableName(table)} ${where} ${order}`;
  return `COPY (${select}) TO STDOUT ${form(table)}`;
}

function form({ binary }: Table): string {
  return binary ? 'WITH (FORMAT binary)' : '';
}

async function hasMarks(writer: Session): Promise<boolean> {
  const { rows } = await writer.query(`SELECT pg_catalog.to_regclass('${partMarks}') IS NOT NULL AS there`);
  return rows[0].there;
}

/** A lock of the session, in PostgreSQL's 64 bits. */
function lockKey(line: DatabaseLine): string {
  return createHash('sha256').update(`hikkoshi\0${line.path}`).digest().readBigInt64BE(0).toString();
}

function changed({ name }: DatabaseLine): string {
  return `移行の途中でテーブル ${name} の定義が変更されました。このテーブルだけ止めました。再実行してください`;
}

function readProblem(error: unknown, line: DatabaseLine): Error {
  const code = refusalOf(error);
  if (code === '42P01' || code === '42703') return new TableChanged(changed(line));
  if (code === '22P05' || code === '22021') {
    return new RowsRefused(`テーブル ${line.name} にUTF-8へ変換できない文字があります(エラー${code})`);
  }
  return explain(error, '移行元', `テーブル ${line.name} の読み取り`);
}
