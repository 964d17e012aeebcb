import type { DatabaseServer } from '../../../case/database-access.ts';
import * as keys from '../../keys.ts';
import { readLinesIfAny } from '../../ndjson.ts';
import { readPlan } from '../../plan-chunks.ts';
import type { DatabaseJob } from '../job.ts';
import { type DatabaseLine, isRows } from '../line.ts';
import { type Comparison, type CopySession, type DatabasePair, goneAtSource } from '../pair.ts';
import { type ComparedEnds, compareDefinitions } from './compare-definition.ts';
import { compareRows } from './compare-rows.ts';
import { largeObjectsSum } from './copy-large-objects.ts';
import { readDefinitions } from './definitions.ts';
import { describe } from './describe-definition.ts';
import { PostgresqlEnd, type Session } from './ends.ts';
import { explain, noSuchTable, refusalOf } from './explain.ts';
import { finishPostgresql } from './finish-definitions.ts';
import { quoteText } from './identifiers.ts';
import { inventoryPostgresql } from './inventory-postgresql.ts';
import { definitionLine } from './make-definitions.ts';
import { dumpSchema } from './pg-dump.ts';
import { keyOf, PostgresqlWorker } from './postgresql-worker.ts';
import { readTables, type Table } from './read-tables.ts';
import { sequenceValue } from './sequence-value.ts';
import { type Granted, grantsAt, lostGrants } from './withdrawn-privileges.ts';

/** Two PostgreSQL servers. */
export class PostgresqlPair implements DatabasePair {
  readonly #job: DatabaseJob;
  readonly #source: PostgresqlEnd;
  readonly #target: PostgresqlEnd;
  #compared: Promise<ComparedEnds & { tables: Map<string, Table> }> | undefined;
  #definitions: Promise<Map<string, string>> | undefined;
  #grants: Promise<Granted[]> | undefined;

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
    return this.#doing('索引や制約の作成', async () => {
      const finished = await finishPostgresql(this.#ends, lines);
      const target = await this.#target.connect();
      const counted: DatabaseLine[] = [];
      for (const line of finished) counted.push(await withCounter(target, line));
      return counted;
    });
  }

  compare(line: DatabaseLine): Promise<Comparison> {
    return this.#doing('照合', async () => {
      this.#compared ??= this.#openCompared();
      const compared = await this.#compared;
      const { source, target, tables } = compared;
      const table = tables.get(keyOf(line));
      if (line.kind === 'large objects') {
        const same = (await largeObjectsSum(source)) === (await largeObjectsSum(target));
        return { result: same ? 'match' : 'differs' };
      }
      if (line.given !== undefined) {
        this.#grants ??= grantsAt(this.#target);
        const [lost] = lostGrants(line.given, await this.#grants);
        const remark = `移した権限が、移行先で取り消されています: ${lost}`;
        return lost === undefined ? { result: 'match' } : { result: 'differs', remark };
      }
      if (!isRows(line)) return compareDefinitions(compared, line);
      if (!table) return goneAtSource(line);
      try {
        return await compareRows({ source, target, targetEnd: this.#target }, table, line);
      } catch (error) {
        // Dropped while others were compared.
        if (refusalOf(error) !== noSuchTable) throw error;
        const there = await describe(target, { ...line, kind: 'table' });
        return there ? goneAtSource(line) : { result: 'missing' };
      }
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
    const plan = await readPlan(this.#job);
    const skipped = new Set<string>();
    const finished = keys.ledgerPart(this.#job, plan?.id ?? '', 0, 0);
    for await (const { path, outcome } of readLinesIfAny<DatabaseLine>(this.#job.objects, finished))
      if (outcome === 'skipped' && path !== undefined) skipped.add(path);
    const isChangedAtSource = async ({ path = '', sha256 }: DatabaseLine) => {
      this.#definitions ??= this.#readDefinitions();
      return (await this.#definitions).get(path) !== sha256;
    };
    return { source, target, skipped, isChangedAtSource, tables: byKey(await readTables(source)) };
  }

  /** As they are at the source by now: hashes by path. */
  async #readDefinitions(): Promise<Map<string, string>> {
    const hashes = new Map<string, string>();
    for (const section of ['pre-data', 'post-data'] as const) {
      for (const definition of readDefinitions(await dumpSchema(this.#source, section)))
        hashes.set(definitionLine(definition).path!, definition.sha256);
    }
    return hashes;
  }

  async #doing<T>(what: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw explain(error, '移行元', what);
    }
  }
}

/** As it was set just now. */
async function withCounter(target: Session, line: DatabaseLine): Promise<DatabaseLine> {
  if (line.kind !== 'sequence' || line.outcome === 'skipped') return line;
  const counter = await sequenceValue(target, line);
  return counter === undefined ? line : { ...line, counter };
}

function byKey(tables: readonly Table[]): Map<string, Table> {
  return new Map(tables.map((table) => [keyOf(table), table]));
}
