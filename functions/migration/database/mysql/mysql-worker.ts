import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import type { Connection } from 'mysql2';
import { TransientError } from '../../../case/errors.ts';
import { equalChecksums } from '../column-facts.ts';
import type { DatabaseLine } from '../line.ts';
import { type CopyWorker, RowsRefused, TableChanged } from '../pair.ts';
import { takesBulk } from './bulk-insert.ts';
import { checksumOf } from './checksum.ts';
import { definitionHash, type MysqlEnd } from './ends.ts';
import { explain } from './explain.ts';
import { quoteName, quotePlain } from './identifiers.ts';
import { insertRows } from './load-rows.ts';
import { attempt, execute, refusalOf, rowOf } from './query.ts';
import { rangeOrder, rangeWhere } from './ranges.ts';
import { readRows } from './read-rows.ts';
import { createStatement } from './read-tables.ts';
import { isTransactional, ownColumns, type Table } from './schema.ts';
import { loadList, readList } from './select-columns.ts';

/** ER_TABLE_DEF_CHANGED and kin: the table is not what it was. */
const changedErrors = new Set([1412, 1146, 1054, 1347]);

export interface WorkerParts {
  reader: Connection;
  target: MysqlEnd;
  flavour: 'mysql' | 'mariadb';
  tables: ReadonlyMap<string, Table>;
  repaired: ReadonlyMap<string, ReadonlySet<string>>;
}

/** One connection to each end. The reader stays in its snapshot; the writer is replaced when it breaks. */
export class MysqlWorker implements CopyWorker {
  readonly #parts: WorkerParts;
  #writer: Connection | undefined;
  #bulk = false;

  constructor(parts: WorkerParts) {
    this.#parts = parts;
  }

  async hold(line: DatabaseLine) {
    const writer = await this.#connected();
    const name = quotePlain(lockName(this.#parts.target.server.database, line));
    const { held } = await this.#asking('ロックの取得', () =>
      rowOf(writer, `SELECT GET_LOCK(${name}, 0) AS held`),
    );
    if (Number(held) !== 1) return undefined;
    return {
      release: async () => {
        if (this.#writer !== writer) return;
        await attempt(writer, `DO RELEASE_LOCK(${name})`).catch(() => this.#broken());
      },
    };
  }

  async whyChanged(line: DatabaseLine): Promise<string | undefined> {
    const create = await this.#reading(() => createStatement(this.#parts.reader, line.name));
    const table = this.#parts.tables.get(line.name);
    if (table && typeof create === 'string' && definitionHash(create) === line.definition) return undefined;
    return changed(line);
  }

  async sameChecksum(line: DatabaseLine): Promise<string | undefined> {
    const { reader, repaired } = this.#parts;
    const table = this.#table(line);
    const where = rangeWhere(table, line.range ?? {});
    const columns = ownColumns(table);
    const writer = await this.#connected();
    const [source, target] = await Promise.all([
      this.#reading(() => checksumOf(reader, table, where, columns, repaired.get(table.name))),
      this.#asking('チェックサムの計算', () => checksumOf(writer, table, where, columns)),
    ]);
    return equalChecksums(source, target) ? `${target.rows} ${target.sum}` : undefined;
  }

  read(line: DatabaseLine) {
    const table = this.#table(line);
    const where = rangeWhere(table, line.range ?? {});
    const sql = `SELECT ${readList(table)} FROM ${quoteName(table.name)} ${where} ${rangeOrder(table)}`;
    const { text, rows } = readRows(this.#parts.reader, sql, ownColumns(table).length);
    return { content: explained(text, line), rows };
  }

  async deliver(line: DatabaseLine, content: Readable, rows: () => number): Promise<void> {
    const table = this.#table(line);
    const writer = await this.#connected();
    try {
      await this.#replace(writer, table, line, content, rows);
    } catch (error) {
      // Whatever state the session is in, closing it undoes the transaction. The lock goes with it.
      this.#broken();
      if (error instanceof RowsRefused) {
        if (!isTransactional(table)) await this.#clear(table, line);
        throw error;
      }
      throw explain(error, '移行先', `テーブル ${table.name} への書き込み`);
    }
  }

  async #replace(
    writer: Connection,
    table: Table,
    line: DatabaseLine,
    content: Readable,
    rows: () => number,
  ) {
    const repaired = this.#parts.repaired.get(table.name) ?? new Set<string>();
    const where = rangeWhere(table, line.range ?? {});
    await execute(writer, 'START TRANSACTION');
    // A DELETE that finds nothing still locks gaps where the session could not be READ COMMITTED.
    const { found } = await rowOf(writer, `SELECT 1 AS found FROM ${quoteName(table.name)} ${where} LIMIT 1`);
    if (found !== undefined) await execute(writer, `DELETE FROM ${quoteName(table.name)} ${where}`);
    const loaded = await insertRows(writer, table, loadList(table, this.#parts.flavour, repaired), content, {
      bulk: this.#bulk,
      repairs: repaired.size > 0,
    });
    if (loaded !== rows()) {
      throw new TransientError(
        `移行先に${loaded}行しか書き込めませんでした(${rows()}行のうち)。やり直します。`,
      );
    }
    await execute(writer, 'COMMIT');
  }

  /** MyISAM does not undo: what came of the part is taken back. */
  async #clear(table: Table, line: DatabaseLine): Promise<void> {
    const writer = await this.#connected();
    await execute(writer, `DELETE FROM ${quoteName(table.name)} ${rangeWhere(table, line.range ?? {})}`);
  }

  #table(line: DatabaseLine): Table {
    const table = this.#parts.tables.get(line.name);
    if (!table) throw new TableChanged(changed(line));
    return table;
  }

  async #connected(): Promise<Connection> {
    if (this.#writer) return this.#writer;
    const writer = await this.#parts.target.connect();
    // Under REPEATABLE READ neighbouring parts would wait for each other's gaps; a server with statement-based logging
    // refuses writes under READ COMMITTED, and then keeps its own level.
    try {
      const { format, longest } = await rowOf(
        writer,
        "SELECT IF(@@log_bin, @@binlog_format, 'none') AS format, @@max_allowed_packet AS longest",
      );
      const level = format === 'STATEMENT' ? 'REPEATABLE READ' : 'READ COMMITTED';
      await execute(writer, `SET SESSION TRANSACTION ISOLATION LEVEL ${level}`);
      this.#bulk = takesBulk(writer, Number(longest));
    } catch (error) {
      this.#parts.target.discard(writer);
      throw explain(error, '移行先', '接続の準備');
    }
    writer.once('error', () => this.#broken());
    this.#writer = writer;
    return writer;
  }

  #broken(): void {
    if (this.#writer) this.#parts.target.discard(this.#writer);
    this.#writer = undefined;
  }

  async #reading<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw explain(error, '移行元', '読み取り');
    }
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

function lockName(database: string, line: DatabaseLine): string {
  const hash = createHash('sha256').update(`${database}\0${line.path}`).digest('hex');
  return `hikkoshi-${hash.slice(0, 40)}`;
}

function changed(line: DatabaseLine): string {
  return `移行の途中でテーブル ${line.name} の定義が変更されました。このテーブルだけ止めました。再実行してください`;
}

/** The reader's own errors in words; a changed table as what it is. */
function explained(text: Readable, line: DatabaseLine): Readable {
  const destroy = text.destroy.bind(text);
  text.destroy = (error?: Error) => {
    if (!error) return destroy();
    const errno = refusalOf(error);
    if (errno !== undefined && changedErrors.has(errno)) return destroy(new TableChanged(changed(line)));
    return destroy(explain(error, '移行元', `テーブル ${line.name} の読み取り`));
  };
  return text;
}
