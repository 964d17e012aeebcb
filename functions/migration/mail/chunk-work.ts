import { randomBytes } from 'node:crypto';
import { TransientError } from '../../case/errors.ts';
import { chunkObjects, chunkState } from '../keys.ts';
import { linesOf, readJson, readLines, writeJson } from '../ndjson.ts';
import { markProgress } from '../progress.ts';
import type { MailJob } from './job.ts';
import * as keys from './keys.ts';
import { keyOf, type MailLine, type Result } from './lines.ts';

export interface ChunkState {
  /** Who works on it; a second run takes over, and the first stops before it stores anything more. */
  runner: string;
  attempts: number;
  /** Attempts in a row that moved nothing: they make batches smaller. */
  failures: number;
  /** Per folder, the target's UIDNEXT before this chunk stored anything: what a dead attempt left is from there on. */
  from: Record<number, number>;
  /** A message that is handled alone because something near it fails, and how often that was tried. */
  alone?: { mailbox: number; uid: number; tries: number; error?: string };
  done: boolean;
}

/** One chunk: its lines, what became of them so far, and where its results are written. */
export class ChunkWork {
  readonly plan: string;
  readonly chunk: number;
  readonly lines: readonly MailLine[];
  readonly results: Map<string, Result>;
  readonly state: ChunkState;
  /** This attempt had both servers open. */
  reached = false;
  /** Seconds: no message of this plan was stored before. */
  since = 0;
  readonly #job: MailJob;
  readonly #indexes: Map<string, number>;
  #parts = 0;
  #unkept: Result[] = [];
  #unkeptBytes = 0;
  #keptAt = Date.now();

  private constructor(
    job: MailJob,
    plan: string,
    chunk: number,
    lines: MailLine[],
    results: Map<string, Result>,
    state: ChunkState,
  ) {
    this.#job = job;
    this.plan = plan;
    this.chunk = chunk;
    this.lines = lines;
    this.results = results;
    this.state = state;
    this.#indexes = new Map(lines.map((line, index) => [keyOf(line), index]));
  }

  /** `startedAt` is the plan's: nothing was stored before that. */
  static async begin(job: MailJob, plan: string, chunk: number, startedAt: string): Promise<ChunkWork> {
    const stored = await readJson<ChunkState>(job.objects, chunkState(job, plan, chunk));
    const state = stored ?? { runner: '', attempts: 0, failures: 0, from: {}, done: false };
    const lines = await readChunk(job, plan, chunk);
    const { results, attempts } = await readResults(job, plan, chunk);
    const work = new ChunkWork(job, plan, chunk, lines, results, state);
    work.since = Date.parse(startedAt) / 1000;
    if (state.done) return work;
    state.runner = randomBytes(6).toString('hex');
    // Of two runs at once the state knows one only; the names of their results know both.
    state.attempts = Math.max(state.attempts, attempts) + 1;
    await work.save();
    return work;
  }

  save(): Promise<void> {
    return writeJson(this.#job.objects, chunkState(this.#job, this.plan, this.chunk), this.state);
  }

  /** Lines of a folder without an outcome. */
  pending(mailbox: number): MailLine[] {
    return this.lines.filter((line) => line.mailbox === mailbox && this.#isPending(line));
  }

  /** UIDs at the target of what was moved so far: they stand for no other message. */
  targets(mailbox: number): number[] {
    return [...this.results.values()].flatMap((one) => (one.mailbox === mailbox ? (one.target ?? []) : []));
  }

  pendingMailboxes(): number[] {
    return [...new Set(this.lines.filter((line) => this.#isPending(line)).map((line) => line.mailbox))];
  }

  #isPending(line: MailLine): boolean {
    return outcomeOf(line, this.results.get(keyOf(line))) === undefined;
  }

  /** Before anything is stored at the target. Throws TransientError when another run took over. */
  async checkMine(): Promise<void> {
    const stored = await readJson<ChunkState>(
      this.#job.objects,
      chunkState(this.#job, this.plan, this.chunk),
    );
    if (stored?.runner !== this.state.runner) {
      throw new TransientError(
        '同じ作業が別に始まったため、こちらは中断しました。移行済みの分は保持されています。',
      );
    }
  }

  /**
   * Notes what became of these lines: they are not touched again. It is kept a few batches at a time; what a dead process
   * had not kept is found at the target by the next attempt.
   */
  async record(results: readonly Result[]): Promise<void> {
    for (const result of results) this.results.set(keyOf(result), result);
    this.#unkept.push(...results);
    this.#unkeptBytes += bytesOf(results);
    const full = this.#unkept.length >= keepAfter.results || this.#unkeptBytes >= keepAfter.bytes;
    if (full || Date.now() - this.#keptAt > keepAfter.ms) await this.keep();
  }

  /** Keeps what was noted, before an attempt ends. */
  async keep(): Promise<void> {
    this.#keptAt = Date.now();
    const results = this.#unkept;
    if (results.length === 0) return;
    this.#unkept = [];
    this.#unkeptBytes = 0;
    const part = `${digits(this.state.attempts)}-${this.state.runner}-${digits(this.#parts++)}`;
    await this.#job.objects.put(
      `${keys.results(this.#job, this.plan, this.chunk)}${part}.ndjson`,
      linesOf(results),
    );
    const pack = this.#indexes.get(keyOf(results[0]!)) ?? 0;
    const counts = { objects: results.length, bytes: bytesOf(results) };
    await markProgress(this.#job, this.plan, { chunk: this.chunk, pack }, counts);
  }
}

const keepAfter = { results: 1000, bytes: 16 * 1024 * 1024, ms: 1000 };

const bytesOf = (results: readonly Result[]) => results.reduce((sum, result) => sum + (result.size ?? 0), 0);

export async function readChunk(job: MailJob, plan: string, chunk: number): Promise<MailLine[]> {
  const lines: MailLine[] = [];
  for await (const line of readLines<MailLine>(job.objects, chunkObjects(job, plan, chunk))) lines.push(line);
  return lines;
}

/**
 * All that was recorded for a chunk. When two runs stored the same message, the copy with the lower UID is the one that
 * counts, and verification removes the other. A result without an outcome voids those of earlier attempts.
 */
export async function readResults(
  job: MailJob,
  plan: string,
  chunk: number,
): Promise<{ results: Map<string, Result>; attempts: number }> {
  const results = new Map<string, Result>();
  const prefix = keys.results(job, plan, chunk);
  const parts: string[] = [];
  let attempts = 0;
  for await (const { key } of job.objects.list(prefix)) {
    parts.push(key);
    attempts = Math.max(attempts, Number.parseInt(key.slice(prefix.length), 10));
  }
  for (const key of parts) {
    for await (const result of readLines<Result>(job.objects, key)) {
      const earlier = results.get(keyOf(result));
      const better = !earlier?.outcome || !result.outcome || rank(result) < rank(earlier);
      if (better) results.set(keyOf(result), result);
    }
  }
  return { results, attempts };
}

/** Says that nothing is known any more of these messages: the chunk's next run handles them again. */
export async function voidResults(
  job: MailJob,
  plan: string,
  chunk: number,
  lines: readonly MailLine[],
): Promise<void> {
  const stored = await readJson<ChunkState>(job.objects, chunkState(job, plan, chunk));
  const state = stored ?? { runner: '', attempts: 0, failures: 0, from: {}, done: false };
  const attempts = Math.max(state.attempts, (await readResults(job, plan, chunk)).attempts) + 1;
  const part = `${keys.results(job, plan, chunk)}${digits(attempts)}-void.ndjson`;
  await job.objects.put(part, linesOf(lines.map(({ mailbox, uid }) => ({ mailbox, uid }))));
  await writeJson(job.objects, chunkState(job, plan, chunk), { ...state, attempts, done: false });
}

/** A result without an outcome says that nothing is known any more. */
export function outcomeOf(line: MailLine, result: Result | undefined): MailLine['outcome'] {
  return result ? result.outcome : line.outcome;
}

const digits = (number: number) => String(number).padStart(6, '0');

/** Moved before skipped, lower UID before higher. */
const rank = (result: Result) =>
  result.outcome === 'skipped' ? Number.POSITIVE_INFINITY : (result.target ?? 2 ** 40);
