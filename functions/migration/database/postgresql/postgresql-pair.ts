import { createHash } from 'node:crypto';
import { to as copyTo } from 'pg-copy-streams';
import type { DatabaseServer } from '../../../case/database-access.ts';
import type { DatabaseJob } from '../job.ts';
import { type DatabaseLine, isRows } from '../line.ts';
import type { Comparison, CopySession, DatabasePair } from '../pair.ts';
import { type Checksum, checksumOf, equalChecksums } from './checksum.ts';
import { compareDefinition } from './compare-definition.ts';
import { largeObjectsSum } from './copy-large-objects.ts';
import { PostgresqlEnd, type Session } from './ends.ts';
import { explain } from './explain.ts';
import { finishPostgresql } from './finish-definitions.ts';
import { quoteText } from './identifiers.ts';
import { inventoryPostgresql } from './inventory-postgresql.ts';
import { keyOf, PostgresqlWorker, readStatement } from './postgresql-worker.ts';
import { describeRange, rangeWhere } from './ranges.ts';
import { type Column, readTables, type Table } from './read-tables.ts';

/** Two PostgreSQL servers. */
export class PostgresqlPair implements DatabasePair {
  readonly #job: DatabaseJob;
  readonly #source: PostgresqlEnd;
  readonly #target: PostgresqlEnd;
  #compared: Promise<{ source: Session; target: Session; tables: Map<string, Table> }> | undefined;

  constructor(job: DatabaseJob, source: DatabaseServer) {
    this.#job = job;
    this.#source = new PostgresqlEnd(source, '移行元', job);
    this.#target = new PostgresqlEnd(job.target, '移行先', job);
  }

  takeInventory(previous: ReadonlyMap<string, DatabaseLine>): Promise<DatabaseLine[]> {
    return this.#doing('棚卸し', () => inventoryPostgresql(this.#job, this.#ends, previous));
  }

  /** One session holds the snapshot that all readers enter; it lives as long as this copy does. */
  beginCopy(_lines: readonly DatabaseLine[], workers: number): Promise<CopySession> {
    return this.#doing('読み取りの準備', async () => {
      const holder = await this.#source.connect();
      await holder.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
      const { rows } = await holder.query('SELECT pg_catalog.pg_export_snapshot() AS snapshot');
      const tables = byKey(await readTables(holder));
      const made: PostgresqlWorker[] = [];
      for (let count = 0; count < workers; count++) {
        const reader = await this.#source.connect();
        await reader.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
        await reader.query(`SET TRANSACTION SNAPSHOT ${quoteText(rows[0].snapshot)}`);
        made.push(new PostgresqlWorker({ reader, target: this.#target, tables }));
      }
      return { workers: made, close: async () => undefined };
    });
  }

  finish(lines: readonly DatabaseLine[]): Promise<DatabaseLine[]> {
    return this.#doing('索引や制約の作成', () => finishPostgresql(this.#ends, lines));
  }

  compare(line: DatabaseLine): Promise<Comparison> {
    return this.#doing('照合', async () => {
      this.#compared ??= this.#openCompared();
      const { source, target, tables } = await this.#compared;
      const table = tables.get(keyOf(line));
      if (line.kind === 'large objects') {
        const same = (await largeObjectsSum(source)) === (await largeObjectsSum(target));
        return { result: same ? 'match' : 'differs' };
      }
      if (!isRows(line)) return compareDefinition(target, line);
      if (!table) return { result: 'differs', remark: `${line.name}: 移行元にテーブルがなくなりました` };
      return this.#compareRows(source, target, table, line);
    });
  }

  async close(): Promise<void> {
    await Promise.allSettled([this.#source.close(), this.#target.close()]);
  }

  get #ends() {
    return { source: this.#source, target: this.#target };
  }

  async #openCompared() {
    const [source, target] = [await this.#source.connect(), await this.#target.connect()];
    return { source, target, tables: byKey(await readTables(source)) };
  }

  async #compareRows(
    source: Session,
    target: Session,
    table: Table,
    line: DatabaseLine,
  ): Promise<Comparison> {
    const where = rangeWhere(table, line.range ?? {});
    const both = (columns: readonly Column[] = table.columns): Promise<[Checksum, Checksum]> =>
      Promise.all([checksumOf(source, table, where, columns), checksumOf(target, table, where, columns)]);
    const [here, there] = await both();
    if (equalChecksums(here, there)) return { result: 'match' };
    const place = `${table.schema}.${table.name} ${describeRange(table, line.range ?? {})}`;
    if (await this.#isAsDelivered(table, line, there)) {
      return { result: 'changed-at-source', remark: `${place}: 移行後に移行元で変更` };
    }
    if (here.rows !== there.rows)
      return { result: 'differs', remark: `${place}: 移行元${here.rows}行、移行先${there.rows}行` };
    const differing: string[] = [];
    for (const column of table.columns) {
      const [one, other] = await both([column]);
      if (!equalChecksums(one, other)) differing.push(column.name);
    }
    return { result: 'differs', remark: `${place}: 列 ${differing.join('、')}` };
  }

  async #isAsDelivered(table: Table, line: DatabaseLine, there: Checksum): Promise<boolean> {
    if (line.checksum !== undefined) return line.checksum === `${there.rows} ${there.sum}`;
    if (line.sha256 === undefined || !table.unique || String(line.rows) !== there.rows) return false;
    const reader = await this.#target.connect();
    try {
      const hash = createHash('sha256');
      for await (const piece of reader.query(copyTo(readStatement(table, line))))
        hash.update(piece as Buffer);
      return hash.digest('hex') === line.sha256;
    } finally {
      this.#target.discard(reader);
    }
  }

  async #doing<T>(what: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw explain(error, '移行元', what);
    }
  }
}

function byKey(tables: readonly Table[]): Map<string, Table> {
  return new Map(tables.map((table) => [keyOf(table), table]));
}
