import { finished } from 'node:stream/promises';
import { type CopyStreamQuery, from as copyFrom } from 'pg-copy-streams';
import type { DatabaseDump } from '../../../case/database-access.ts';
import { TerminalError } from '../../../case/errors.ts';
import { timeIsShort } from '../../job.ts';
import * as keys from '../../keys.ts';
import { readJson, writeJson } from '../../ndjson.ts';
import { readPlan } from '../../plan-chunks.ts';
import type { DatabaseJob } from '../job.ts';
import { PostgresqlEnd, type Session } from '../postgresql/ends.ts';
import { explain, refusalOf } from '../postgresql/explain.ts';
import { holdTarget } from '../postgresql/inventory-postgresql.ts';
import { makeMarksSchema, replayMark } from '../postgresql/marks.ts';
import { judge } from '../postgresql/policy.ts';
import { countFruitlessReplays } from './count-fruitless-replays.ts';
import { decodeDump } from './decode-dump.ts';
import { describePostgresql } from './describe-postgresql.ts';
import { enterReplayedLines } from './enter-replayed-lines.ts';
import { openDump } from './open-dump.ts';
import { checkRole } from './postgresql-account.ts';
import { type DumpEvent, PostgresqlDumpReader } from './postgresql-reader.ts';
import { passedName } from './postgresql-rows-head.ts';
import { keepDefinitions, plannedDefinitions } from './replayed-definitions.ts';
import { lineOf } from './scan-postgresql-dump.ts';

/** Statements in one transaction. */
const together = 500;
/** Problems that are remembered, and shown as lines that were left out. */
const mostProblems = 1000;

export interface PostgresqlReplay {
  complete: boolean;
  /** The ledger has its lines, and what was made is remembered as it is. */
  entered?: boolean;
  /** Why an object could not be made, by path. */
  why: Record<string, string>;
}

export const eventsOf = (job: DatabaseJob, dump: DatabaseDump) =>
  new PostgresqlDumpReader(decodeDump(openDump(job.objects, dump))).events();

/** Replays a plain dump through the driver, under a role of the one database. `more` when time ran short. */
export async function replayPostgresqlDump(job: DatabaseJob, dump: DatabaseDump): Promise<{ more: boolean }> {
  const plan = await readPlan(job);
  if (!plan) throw new TerminalError('棚卸しの記録がありません。移行を最初からやり直してください。');
  const key = keys.chunkState(job, plan.id, 1);
  const end = new PostgresqlEnd(job.target, '移行先', job);
  try {
    const target = await end.connect();
    await checkRole(target);
    // Two calls at once would each add the rows.
    await holdTarget(target);
    const state = await readJson<PostgresqlReplay>(job.objects, key);
    if (state?.entered) return { more: false };
    const replay = new Replay(job, target);
    const complete = state?.complete || (await replay.run(eventsOf(job, dump)));
    const why = state?.complete ? state.why : replay.why;
    await writeJson(job.objects, key, { complete, why } satisfies PostgresqlReplay);
    if (!complete) {
      await countFruitlessReplays(job, plan.id, replay.made);
      return { more: true };
    }
    const made = (await plannedDefinitions(job, plan.id)).filter(({ path = '' }) => why[path] === undefined);
    await keepDefinitions(job, plan.id, await describePostgresql(await end.connect(), made));
    await enterReplayedLines(job, plan.id, why);
    await writeJson(job.objects, key, { complete, why, entered: true } satisfies PostgresqlReplay);
    return { more: false };
  } catch (error) {
    throw explain(error, '移行先', 'ダンプの取り込み');
  } finally {
    await end.close();
  }
}

class Replay {
  why: Record<string, string> = {};
  /** Something new was run: of a COPY that goes on, rows come with it. */
  made = false;
  readonly #job: DatabaseJob;
  readonly #target: Session;
  #done = 0;
  /** Rows of the COPY at hand that were seen, and those of them that an earlier call has committed. */
  #seen = 0;
  #there = 0;
  #copy: (CopyStreamQuery & { path: string; table: string }) | 'passed over' | undefined;

  constructor(job: DatabaseJob, target: Session) {
    this.#job = job;
    this.#target = target;
  }

  /** False when time ran short. */
  async run(events: AsyncIterable<DumpEvent>): Promise<boolean> {
    const before = await this.#begin();
    let number = 0;
    let open = 0;
    for await (const event of events) {
      if (event.kind !== 'statement') {
        if (await this.#rows(event)) continue;
        this.#done = number - 1;
        await this.#commit();
        return false;
      }
      const isNew = number++ >= before;
      if (judge(event.text) === 'pass over') continue;
      // The session of an earlier call is gone: where names are looked up is said again.
      if (!isNew && !/^SET /i.test(event.text)) {
        if (/^COPY\b/i.test(event.text)) this.#copy = 'passed over';
        continue;
      }
      // A large object is open from its lo_open to its lo_close, and no longer than its transaction.
      if (isNew && !/^SELECT /i.test(event.text)) {
        const short = timeIsShort(this.#job);
        this.#done = number - 1;
        if (short || open >= together) await this.#commit();
        if (short) return false;
        if (open >= together) open = 0;
      }
      open += 1;
      this.made ||= isNew;
      await this.#statement(event, number);
    }
    this.#done = number;
    await this.#commit();
    await this.#target.query('ROLLBACK');
    return true;
  }

  /** The mark is committed together with what was made: a call that dies is as if it had never been. */
  async #begin(): Promise<number> {
    const target = this.#target;
    await target.query(makeMarksSchema);
    await target.query(
      `CREATE TABLE IF NOT EXISTS ${replayMark} (statements bigint NOT NULL, rows bigint NOT NULL, why text NOT NULL)`,
    );
    const { rows } = await target.query(`SELECT statements AS done, rows AS there, why FROM ${replayMark}`);
    await target.query('BEGIN');
    this.#there = Number(rows[0]?.there ?? 0);
    this.why = JSON.parse(rows[0]?.why ?? '{}');
    return Number(rows[0]?.done ?? 0);
  }

  async #commit(): Promise<void> {
    await this.#target.query(`DELETE FROM ${replayMark}`);
    await this.#target.query(`INSERT INTO ${replayMark} VALUES ($1, $2, $3)`, [
      this.#done,
      this.#seen,
      JSON.stringify(this.why),
    ]);
    await this.#target.query('COMMIT');
    await this.#target.query('BEGIN');
  }

  /** What the server refuses is left out with the reason, and what stands on it too; rows of an INSERT stop the work. */
  async #statement(event: Extract<DumpEvent, { kind: 'statement' }>, number: number): Promise<void> {
    const { text, heading } = event;
    const path = lineOf(heading, number).path!;
    if (/^INSERT\b/i.test(text) && this.why[path] === undefined) {
      await this.#target.query(text);
      return;
    }
    await this.#target.query('SAVEPOINT statement');
    if (/^COPY\b/i.test(text)) {
      const copy = this.#target.query(copyFrom(text));
      copy.on('error', () => undefined);
      this.#copy = Object.assign(copy, { path, table: copiedTable.exec(text)?.[1] ?? '' });
      return;
    }
    try {
      await this.#target.query(text);
      await this.#target.query('RELEASE SAVEPOINT statement');
    } catch (error) {
      await this.#leaveOut(path, error);
    }
  }

  /** False when time ran short: what came of the COPY until here is to be committed, and the next call goes on behind it. */
  async #rows(event: Exclude<DumpEvent, { kind: 'statement' }>): Promise<boolean> {
    const copy = this.#copy;
    if (copy === undefined || copy === 'passed over') return true;
    try {
      if (event.kind === 'rows') {
        if (copy.errored) return true;
        const content = this.#beyond(event);
        if (content.length > 0 && !copy.write(content)) await drained(copy);
        if (this.#seen <= this.#there || !timeIsShort(this.#job)) return true;
      }
      this.#copy = undefined;
      copy.end();
      await finished(copy);
      await this.#target.query('RELEASE SAVEPOINT statement');
      if (event.kind === 'rows') return false;
    } catch (error) {
      this.#copy = 'passed over';
      await this.#leaveOut(copy.path, error);
      if (this.#there > 0) await this.#target.query(`DELETE FROM ONLY ${copy.table}`);
    }
    [this.#seen, this.#there] = [0, 0];
    return true;
  }

  /** Without the rows that an earlier call has committed. */
  #beyond({ content, count }: Extract<DumpEvent, { kind: 'rows' }>): Buffer {
    const skipped = Math.min(Math.max(this.#there - this.#seen, 0), count);
    this.#seen += count;
    return behindRows(content, skipped);
  }

  async #leaveOut(path: string, error: unknown): Promise<void> {
    const code = refusalOf(error);
    if (code === undefined || /^(57|58|53|XX|40)/.test(code)) throw error;
    await this.#target.query('ROLLBACK TO SAVEPOINT statement');
    if (Object.keys(this.why).length >= mostProblems)
      throw new TerminalError('移行先が受け付けないものが多すぎます。取り込みを止めました。');
    this.why[path] ??= `移行先が受け付けません(エラー${code})`;
  }
}

const copiedTable = new RegExp(String.raw`^COPY\s+(${passedName}(?:\.${passedName})?)`, 'i');

/** In a COPY's text a line is a row. */
export function behindRows(content: Buffer, rows: number): Buffer {
  let at = 0;
  for (let row = 0; row < rows; row++) at = content.indexOf(10, at) + 1;
  return content.subarray(at);
}

export function drained(copy: CopyStreamQuery): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (error?: unknown) => {
      copy.off('drain', settle).off('error', settle).off('close', settle);
      if (error) reject(error);
      else resolve();
    };
    copy.once('drain', settle).once('error', settle).once('close', settle);
  });
}
