import type { DatabaseServer } from '../../../case/database-access.ts';
import type { DatabaseJob } from '../job.ts';
import { type DatabaseLine, isRows } from '../line.ts';
import type { Comparison, CopySession, DatabasePair } from '../pair.ts';
import { compareDefinition } from './compare-definition.ts';
import { compareRows } from './compare-rows.ts';
import { largeObjectsSum } from './copy-large-objects.ts';
import { PostgresqlEnd, type Session } from './ends.ts';
import { explain } from './explain.ts';
import { finishPostgresql } from './finish-definitions.ts';
import { quoteText } from './identifiers.ts';
import { inventoryPostgresql } from './inventory-postgresql.ts';
import { keyOf, PostgresqlWorker } from './postgresql-worker.ts';
import { readTables, type Table } from './read-tables.ts';

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
      const open = async () => {
        const reader = await this.#source.connect();
        await reader.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
        await reader.query(`SET TRANSACTION SNAPSHOT ${quoteText(rows[0].snapshot)}`);
        return new PostgresqlWorker({ reader, target: this.#target, tables });
      };
      return {
        workers: await Promise.all(Array.from({ length: workers }, open)),
        close: async () => undefined,
      };
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
      return compareRows({ source, target, targetEnd: this.#target }, table, line);
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
