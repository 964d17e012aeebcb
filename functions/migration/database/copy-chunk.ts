import { TerminalError, TransientError } from '../../case/errors.ts';
import { dataKey } from '../data-key.ts';
import { countFruitless } from '../fruitless.ts';
import { inTime } from '../in-time.ts';
import { timeIsShort } from '../job.ts';
import * as keys from '../keys.ts';
import { readJson, readLines, writeJson } from '../ndjson.ts';
import { readPlan } from '../plan-chunks.ts';
import { copyRange } from './copy-range.ts';
import { replayMysqlDump } from './dump/replay-mysql-dump.ts';
import { replayPostgresqlDump } from './dump/replay-postgresql-dump.ts';
import { type DatabaseJob, isDump } from './job.ts';
import type { DatabaseLine } from './line.ts';
import { openPair } from './open-pair.ts';
import type { CopySession } from './pair.ts';
import { StageRoom } from './range-stage.ts';

const replay = { mysql: replayMysqlDump, postgresql: replayPostgresqlDump };

const tooSlow =
  '転送が遅すぎて進みません。移行済みの分は保持しています。回線とテーブルの大きさを確認してから再開してください。';

/**
 * Copies one chunk: parts of tables, several at once, all of one moment where the source allows it. What has its line in
 * the ledger is not touched again. Returns `more` when time ran short. Throws TransientError, RetryAfterError or
 * TerminalError; calling again goes on.
 */
export async function copyDatabaseChunk(job: DatabaseJob, chunk: number): Promise<{ more: boolean }> {
  const plan = await readPlan(job);
  if (!plan || !Number.isInteger(chunk) || chunk < 1 || chunk >= plan.chunks) {
    throw new TerminalError('この移行には、その番号の作業単位がありません。何も変更していません。');
  }
  if (isDump(job.source)) return replay[job.source.engine](job, job.source);
  const open = await openLines(job, plan.id, chunk);
  if (open.length === 0) return { more: false };
  if (timeIsShort(job)) return { more: true };
  const connections = plan.chunks > 2 ? Math.ceil(job.options.connections / 2) : job.options.connections;
  const key = await dataKey(job.vault, job.caseId);
  const pair = await openPair(job, job.source);
  let session: CopySession | undefined;
  let finished = 0;
  try {
    session = await pair.beginCopy(
      open.map(({ line }) => line),
      Math.min(connections, open.length),
    );
    await keepRemark(job, plan.id, chunk, session.remark);
    const { workers } = session;
    const rooms = workers.map(() => new StageRoom());
    const work = inTurn(workers.length, new ByTable(open), async (worker, { line, range }) => {
      if (timeIsShort(job)) return false;
      const place = { job, plan: plan.id, chunk, range, dataKey: key, room: rooms[worker]! };
      await copyRange(place, workers[worker]!, line);
      finished++;
      return true;
    });
    const complete = await inTime(job, work);
    if (complete) return { more: false };
    await countFruitless(job, `${keys.chunkState(job, plan.id, chunk)}.calls`, finished > 0, tooSlow);
    return { more: true };
  } finally {
    await session?.close();
    await pair.close();
  }
}

async function openLines(
  job: DatabaseJob,
  plan: string,
  chunk: number,
): Promise<{ line: DatabaseLine; range: number }[]> {
  const prefix = keys.ledgerPart(job, plan, chunk, 0).replace(/0\.ndjson$/, '');
  const done = new Set<number>();
  for await (const { key } of job.objects.list(prefix))
    done.add(Number.parseInt(key.slice(prefix.length), 10));
  const open: { line: DatabaseLine; range: number }[] = [];
  let range = 0;
  for await (const line of readLines<DatabaseLine>(job.objects, keys.chunkObjects(job, plan, chunk))) {
    if (!done.has(range)) open.push({ line, range });
    range++;
  }
  return open;
}

interface Part {
  line: DatabaseLine;
  range: number;
}

/**
 * The next part is of the table that the fewest are at work on, in the order of the plan: those who write into one table wait for
 * each other at its indexes, and a server's cores are busy with that waiting.
 */
class ByTable {
  readonly #tables = new Map<string, { open: Part[]; atWork: number }>();

  constructor(parts: readonly Part[]) {
    for (const part of parts) {
      const table = this.#of(part);
      table.open.push(part);
    }
    for (const { open } of this.#tables.values()) open.reverse();
  }

  take(): Part | undefined {
    let chosen: { open: Part[]; atWork: number } | undefined;
    for (const table of this.#tables.values())
      if (table.open.length > 0 && (!chosen || table.atWork < chosen.atWork)) chosen = table;
    if (chosen) chosen.atWork++;
    return chosen?.open.pop();
  }

  done(part: Part): void {
    this.#of(part).atWork--;
  }

  #of({ line: { schema = '', name } }: Part) {
    const key = `${schema}\0${name}`;
    const table = this.#tables.get(key) ?? { open: [], atWork: 0 };
    this.#tables.set(key, table);
    return table;
  }
}

/**
 * Each worker takes the next item; false when one of them found that time is short. After a failure nothing new is begun,
 * what runs is awaited, and the gravest failure is thrown.
 */
async function inTurn(
  workers: number,
  parts: ByTable,
  work: (worker: number, part: Part) => Promise<boolean>,
): Promise<boolean> {
  let going = true;
  const one = async (worker: number) => {
    for (let part = parts.take(); part && going; part = parts.take()) {
      try {
        if (!(await work(worker, part))) going = false;
      } catch (error) {
        going = false;
        throw error;
      }
      parts.done(part);
    }
  };
  const results = await Promise.allSettled(Array.from({ length: workers }, (_, index) => one(index)));
  const reasons = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
  const grave = reasons.find((reason) => !(reason instanceof TransientError)) ?? reasons[0];
  if (grave) throw grave;
  return going;
}

/** Seen by the verification: whether the rows of this chunk are of one moment. The first call's word stays. */
async function keepRemark(job: DatabaseJob, plan: string, chunk: number, remark = ''): Promise<void> {
  const key = keys.chunkState(job, plan, chunk);
  const before = (await readJson<{ remarks: string[] }>(job.objects, key))?.remarks ?? [];
  await writeJson(job.objects, key, { remarks: [...before, remark].slice(-20) });
}
