import type { Connection } from 'mysql2';
import { TerminalError, TransientError } from '../../../case/errors.ts';
import type { DatabaseJob } from '../job.ts';
import { type DatabaseLine, isRows } from '../line.ts';
import { type Comparison, type CopySession, type DatabasePair, goneAtSource } from '../pair.ts';
import { type ComparedDefinitions, compareDefinition, readBoth } from './compare-definition.ts';
import { compareRows } from './compare-rows.ts';
import type { MysqlEnd } from './ends.ts';
import { endOf, explain } from './explain.ts';
import { finishDefinitions } from './finish-definitions.ts';
import { inventoryMysql } from './inventory-mysql.ts';
import { makeLaterKeys } from './later-keys.ts';
import { MysqlWorker } from './mysql-worker.ts';
import { noSuchTable, refusalOf } from './query.ts';
import { readSchema } from './read-schema.ts';
import type { Schema } from './schema.ts';
import { serverKind } from './server-kind.ts';
import { type Consistency, openSnapshots } from './snapshot.ts';

/** Two MySQL or MariaDB servers. */
export class MysqlPair implements DatabasePair {
  readonly #job: DatabaseJob;
  readonly #source: MysqlEnd;
  readonly #target: MysqlEnd;
  #compared: Promise<{ source: Connection; target: Connection; schema: Schema }> | undefined;
  #definitions: Promise<ComparedDefinitions> | undefined;

  constructor(job: DatabaseJob, source: MysqlEnd, target: MysqlEnd) {
    this.#job = job;
    this.#source = source;
    this.#target = target;
  }

  takeInventory(previous: ReadonlyMap<string, DatabaseLine>): Promise<DatabaseLine[]> {
    return this.#doing('棚卸し', async () => {
      const [source, target] = [await this.#source.connect(), await this.#target.connect()];
      return inventoryMysql(this.#job, this.#source.server, { source, target }, previous);
    });
  }

  beginCopy(lines: readonly DatabaseLine[], workers: number): Promise<CopySession> {
    return this.#doing('読み取りの準備', async () => {
      const control = await this.#source.connect();
      const schema = await readSchema(control, this.#source.server.database);
      const names = new Set(lines.map(({ name }) => name));
      const tables = schema.tables.filter(({ name }) => names.has(name));
      const readers = await Promise.all(
        Array.from({ length: workers }, () => this.#source.connect({ raw: true })),
      );
      const consistency = await openSnapshots(control, readers, tables);
      this.#source.discard(control);
      const probe = await this.#target.connect();
      const { flavour } = await serverKind(probe);
      this.#target.discard(probe);
      const byName = new Map(tables.map((table) => [table.name, table]));
      const parts = { target: this.#target, flavour, tables: byName, repaired: this.#repaired() };
      const remark = remarkOn(consistency);
      return {
        ...(remark !== undefined && { remark }),
        workers: readers.map((reader) => new MysqlWorker({ reader, ...parts })),
        close: async () => undefined,
      };
    });
  }

  finish(lines: readonly DatabaseLine[]): Promise<DatabaseLine[] | undefined> {
    return this.#doing('索引やビューの作成', async () => {
      const [source, target] = [await this.#source.connect(), await this.#target.connect()];
      const schema = await readSchema(source, this.#source.server.database);
      if (!(await makeLaterKeys(this.#job, this.#target, schema, lines))) return undefined;
      return finishDefinitions({
        source,
        target,
        schema,
        lines: lines.map(({ later: _, ...line }) => line),
        targetDatabase: this.#target.server.database,
      });
    });
  }

  compare(line: DatabaseLine): Promise<Comparison> {
    return this.#doing('照合', async () => {
      this.#compared ??= this.#openCompared();
      const { source, target, schema } = await this.#compared;
      if (!isRows(line)) {
        this.#definitions ??= this.#readDefinitions(source, schema);
        return compareDefinition(await this.#definitions, line);
      }
      const table = schema.tables.find(({ name }) => name === line.name);
      if (!table) return goneAtSource(line);
      const ends = { source, target, targetEnd: this.#target, repaired: this.#repaired() };
      try {
        return await compareRows(ends, table, line);
      } catch (error) {
        // Dropped while others were compared.
        if (refusalOf(error) !== noSuchTable) throw error;
        return endOf(error) === '移行先' ? { result: 'missing' } : goneAtSource(line);
      }
    });
  }

  async close(): Promise<void> {
    await Promise.allSettled([this.#source.close(), this.#target.close()]);
  }

  async #openCompared() {
    const [source, target] = [await this.#source.connect(), await this.#target.connect()];
    return { source, target, schema: await readSchema(source, this.#source.server.database) };
  }

  async #readDefinitions(source: Connection, schema: Schema) {
    return readBoth({ source, target: await this.#target.connect() }, schema, this.#repaired());
  }

  #repaired(): Map<string, ReadonlySet<string>> {
    return repairedColumns(this.#job.options.repairDoubleEncoding);
  }

  async #doing<T>(what: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof TerminalError || error instanceof TransientError) throw error;
      throw explain(error, '移行元', what);
    }
  }
}

/** `table.column`, by table. */
export function repairedColumns(approved: readonly string[]): Map<string, ReadonlySet<string>> {
  const repaired = new Map<string, Set<string>>();
  for (const one of approved) {
    const at = one.lastIndexOf('.');
    const table = one.slice(0, at);
    repaired.set(table, (repaired.get(table) ?? new Set()).add(one.slice(at + 1)));
  }
  return repaired;
}

function remarkOn(consistency: Consistency): string | undefined {
  if (consistency !== 'none') return undefined;
  return '移行元の権限では全接続を同一時点にそろえられません(書き込みを止めて実行してください)';
}
