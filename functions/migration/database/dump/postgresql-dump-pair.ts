import * as keys from '../../keys.ts';
import { readJson } from '../../ndjson.ts';
import { readPlan } from '../../plan-chunks.ts';
import type { DatabaseJob } from '../job.ts';
import { type DatabaseLine, isRows } from '../line.ts';
import type { Comparison, VerifiedPair } from '../pair.ts';
import { compareDefinition } from '../postgresql/compare-definition.ts';
import { PostgresqlEnd, type Session } from '../postgresql/ends.ts';
import { explain } from '../postgresql/explain.ts';
import { qualified } from '../postgresql/identifiers.ts';
import { dropMarks } from '../postgresql/marks.ts';
import { replayed } from './enter-replayed-lines.ts';
import type { PostgresqlReplay } from './replay-postgresql-dump.ts';
import { isPartOfAnother } from './scan-postgresql-dump.ts';

/** A dump and the database that it was replayed into: the dump was counted when it was read. */
export class PostgresqlDumpPair implements VerifiedPair {
  readonly #job: DatabaseJob;
  readonly #end: PostgresqlEnd;
  #target: Promise<Session> | undefined;

  constructor(job: DatabaseJob) {
    this.#job = job;
    this.#end = new PostgresqlEnd(job.target, '移行先', job);
  }

  async finish(lines: readonly DatabaseLine[]): Promise<DatabaseLine[]> {
    const plan = await readPlan(this.#job);
    const state = await readJson<PostgresqlReplay>(
      this.#job.objects,
      keys.chunkState(this.#job, plan?.id ?? '', 1),
    );
    // Not by the replay: its end is known only once it stands with the copies.
    this.#target ??= this.#end.connect();
    await (await this.#target).query(dropMarks);
    const why = state?.why ?? {};
    return [...lines.map((line) => (line.outcome ? line : replayed(line, why))), ...partsThatFailed(why)];
  }

  async compare(line: DatabaseLine): Promise<Comparison> {
    try {
      this.#target ??= this.#end.connect();
      const target = await this.#target;
      return isRows(line) ? await compareCount(target, line) : await compareDefinition(target, line);
    } catch (error) {
      throw explain(error, '移行先', '照合');
    }
  }

  close(): Promise<void> {
    return this.#end.close();
  }
}

/** What goes with another object, as its description or its counter's value, and could not be made. */
function partsThatFailed(why: Readonly<Record<string, string>>): DatabaseLine[] {
  return Object.entries(why).flatMap(([path, reason]) => {
    const [, kind = '', name = ''] = /^\.\/([^/]*)\/(.*)$/s.exec(path) ?? [];
    return isPartOfAnother(kind) ? [{ path, kind, name, size: 0, outcome: 'skipped', why: reason }] : [];
  });
}

async function compareCount(target: Session, line: DatabaseLine): Promise<Comparison> {
  const place = qualified(line.schema ?? '', line.name);
  const { rows } = await target.query(`SELECT count(*)::text AS n FROM ONLY ${place}`);
  if (Number(rows[0].n) === line.rows) return { result: 'match' };
  return {
    result: 'differs',
    remark: `${line.schema}.${line.name}: ダンプ${line.rows}行、移行先${rows[0].n}行`,
  };
}
