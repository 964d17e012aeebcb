import * as keys from '../../keys.ts';
import { readJson, writeJson } from '../../ndjson.ts';
import type { DatabaseJob } from '../job.ts';
import type { Schema } from './schema.ts';

interface State {
  objects: number;
  bytes: number;
  tables: string[];
  /** Hashes of the target's definitions before they were made again, by table. */
  replaced?: Record<string, string>;
}

/** Which tables of the target this very run may have begun, in an attempt that died: they are nobody else's. */
export class BegunTables {
  readonly #job: DatabaseJob;
  readonly #state: State;
  readonly #before: ReadonlySet<string>;
  readonly #replaced: Map<string, string>;

  private constructor(job: DatabaseJob, schema: Schema, before: State | undefined) {
    this.#job = job;
    this.#before = new Set(before?.tables);
    this.#replaced = new Map(Object.entries(before?.replaced ?? {}));
    this.#state = {
      objects: schema.tables.length,
      bytes: schema.tables.reduce((sum, table) => sum + table.bytes, 0),
      tables: schema.tables.map(({ name }) => name),
    };
  }

  static async read(job: DatabaseJob, schema: Schema): Promise<BegunTables> {
    return new BegunTables(job, schema, await readJson<State>(job.objects, keys.inventoryState(job)));
  }

  get any(): boolean {
    return this.#before.size > 0;
  }

  has(table: string): boolean {
    return this.#before.has(table);
  }

  /** Whether a table that was as `targetSha256` says has been taken away, or made again, by an earlier attempt. */
  isReplaced(table: string, targetSha256: string | undefined): boolean {
    return targetSha256 !== undefined && this.#replaced.get(table) === targetSha256;
  }

  /** To be called before the first table is touched. */
  async save(): Promise<void> {
    const replaced = Object.fromEntries(this.#replaced);
    await writeJson(this.#job.objects, keys.inventoryState(this.#job), {
      ...this.#state,
      replaced,
      segments: [],
    });
  }

  /** To be called before a table that is as `targetSha256` says is taken away. */
  async replace(table: string, targetSha256: string): Promise<void> {
    this.#replaced.set(table, targetSha256);
    await this.save();
  }
}
