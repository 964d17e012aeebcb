import type { Connection } from 'mysql2';
import * as keys from '../../keys.ts';
import { readJson } from '../../ndjson.ts';
import { readPlan } from '../../plan-chunks.ts';
import type { DatabaseJob } from '../job.ts';
import { type DatabaseLine, isRows } from '../line.ts';
import { MysqlEnd } from '../mysql/ends.ts';
import { explain } from '../mysql/explain.ts';
import { quoteName } from '../mysql/identifiers.ts';
import { rowOf } from '../mysql/query.ts';
import type { StoredKind } from '../mysql/schema.ts';
import { standingAt, stands } from '../mysql/target-objects.ts';
import type { Comparison, VerifiedPair } from '../pair.ts';
import type { ReplayState } from './replay-mysql-dump.ts';

/** A dump and the database that it was replayed into: the dump was counted when it was read. */
export class MysqlDumpPair implements VerifiedPair {
  readonly #job: DatabaseJob;
  readonly #end: MysqlEnd;
  #target: Promise<Connection> | undefined;

  constructor(job: DatabaseJob) {
    this.#job = job;
    this.#end = new MysqlEnd(job.target, '移行先', job);
  }

  async finish(lines: readonly DatabaseLine[]): Promise<DatabaseLine[]> {
    const plan = await readPlan(this.#job);
    const state = await readJson<ReplayState>(
      this.#job.objects,
      keys.chunkState(this.#job, plan?.id ?? '', 1),
    );
    return lines.map((line) => {
      if (line.outcome !== undefined) return line;
      const how = state?.how[line.path ?? ''];
      return how ? { ...line, outcome: 'altered', how: how.join('、') } : { ...line, outcome: 'moved' };
    });
  }

  async compare(line: DatabaseLine): Promise<Comparison> {
    try {
      this.#target ??= this.#end.connect();
      const target = await this.#target;
      if (isRows(line)) return await compareCount(target, line);
      const standing = await standingAt(target);
      const there = line.kind === 'table' ? standing.tables.has(line.name) : stands(standing, asObject(line));
      return { result: there ? 'match' : 'missing' };
    } catch (error) {
      throw explain(error, '移行先', '照合');
    }
  }

  close(): Promise<void> {
    return this.#end.close();
  }
}

async function compareCount(target: Connection, line: DatabaseLine): Promise<Comparison> {
  const { n } = await rowOf(target, `SELECT COUNT(*) AS n FROM ${quoteName(line.name)}`);
  if (Number(n) === line.rows) return { result: 'match' };
  return { result: 'differs', remark: `${line.name}: ダンプ${line.rows}行、移行先${n}行` };
}

function asObject({ kind, name }: DatabaseLine): { kind: StoredKind; name: string } {
  return { kind: kind as StoredKind, name };
}
