import { TransientError } from '../../case/errors.ts';
import { chunkObjects } from '../keys.ts';
import { linesOf, readLines } from '../ndjson.ts';
import type { Plan } from '../plan-chunks.ts';
import { markProgress } from '../progress.ts';
import { Claim, lastClaim } from './claim.ts';
import type { MailJob } from './job.ts';
import * as keys from './keys.ts';
import { keyOf, type MailLine, type Result } from './lines.ts';

export interface ChunkState {
  /** Attempts in a row that moved nothing: they make batches smaller. */
  failures: number;
  /** A message that is handled alone because something near it fails, and how often that was tried. */
  alone?: { mailbox: number; uid: number; tries: number; error?: string };
  done: boolean;
}

const fresh: ChunkState = { failures: 0, done: false };

/** Another run of the same chunk began: it goes on where this one stops. */
export class TakenOverError extends TransientError {}

/** One chunk: its lines, what became of them so far, and where its results are written. */
export class ChunkWork {
  readonly plan: string;
  readonly chunk: number;
  readonly lines: readonly MailLine[];
  readonly results: Map<string, Result>;
  readonly state: ChunkState;
  /** Names this attempt. */
  readonly runner: string;
  /** Nothing of this chunk can be at the target. */
  readonly first: boolean;
  /** Seconds: no message of this plan was stored before. */
  readonly since: number;
  /** By folder, the target's UIDNEXT before this chunk stored anything: whatever other attempts left is from there on. */
  from: ReadonlyMap<number, number> = new Map();
  /** This attempt had both servers open. */
  reached = false;
  readonly #job: MailJob;
  readonly #claim: Claim<ChunkState>;
  readonly #indexes: Map<string, number>;
  /** Of 10,000 folders each asks for its own lines several times. */
  readonly #byMailbox: ReadonlyMap<number, readonly MailLine[]>;
  #parts = 0;
  #unkept: Result[] = [];
  #unkeptBytes = 0;
  #keptAt = Date.now();

  private constructor(
    job: MailJob,
    plan: Plan,
    chunk: number,
    claim: Claim<ChunkState>,
    lines: MailLine[],
    results: Map<string, Result>,
  ) {
    this.#job = job;
    this.plan = plan.id;
    this.since = Date.parse(plan.startedAt) / 1000;
    this.chunk = chunk;
    this.#claim = claim;
    this.state = claim.state;
    this.runner = claim.name;
    this.first = claim.first;
    this.lines = lines;
    this.results = results;
    this.#indexes = new Map(lines.map((line, index) => [keyOf(line), index]));
    this.#byMailbox = Map.groupBy(lines, (line) => line.mailbox);
  }

  /** Takes the chunk over from whoever works on it; undefined when it is done. */
  static async begin(job: MailJob, plan: Plan, chunk: number): Promise<ChunkWork | undefined> {
    const prefix = keys.claims(job, plan.id, chunk);
    const last = await lastClaim<ChunkState>(job.objects, prefix);
    if (last?.state.done) return undefined;
    const claim = await Claim.take(job.objects, prefix, last, { ...fresh, ...last?.state });
    const lines = await readChunk(job, plan.id, chunk);
    return new ChunkWork(job, plan, chunk, claim, lines, await readResults(job, plan.id, chunk));
  }

  save(): Promise<void> {
    return this.#claim.save();
  }

  isMine(): Promise<boolean> {
    return this.#claim.isMine();
  }

  /** Lines of a folder without an outcome. */
  pending(mailbox: number): MailLine[] {
    return this.#linesOf(mailbox).filter((line) => this.#isPending(line));
  }

  /** UIDs at the target of what was moved so far: they stand for no other message. */
  targets(mailbox: number): number[] {
    return this.#linesOf(mailbox).flatMap((line) => this.results.get(keyOf(line))?.target ?? []);
  }

  pendingMailboxes(): number[] {
    return [...new Set(this.lines.filter((line) => this.#isPending(line)).map((line) => line.mailbox))];
  }

  #linesOf(mailbox: number): readonly MailLine[] {
    return this.#byMailbox.get(mailbox) ?? [];
  }

  #isPending(line: MailLine): boolean {
    return outcomeOf(line, this.results.get(keyOf(line))) === undefined;
  }

  /** Before anything is stored at the target. Throws TakenOverError. */
  async checkMine(): Promise<void> {
    if (await this.isMine()) return;
    throw new TakenOverError(
      '同じ作業が別に始まったため、こちらは中断しました。移行済みの分は保持されています。',
    );
  }

  /** Nothing more of this chunk can be moved in this run, for this reason. */
  async leaveOut(why: string): Promise<void> {
    const rest = this.lines.filter((line) => this.#isPending(line));
    await this.record(rest.map(({ mailbox, uid }) => ({ mailbox, uid: uid!, outcome: 'skipped', why })));
  }

  /** All of it is recorded: no later attempt begins. Throws TakenOverError. */
  async finish(): Promise<void> {
    await this.keep();
    await this.checkMine();
    this.state.done = true;
    await this.save();
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
    const part = `${this.runner}-${String(this.#parts++).padStart(6, '0')}`;
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
export async function readResults(job: MailJob, plan: string, chunk: number): Promise<Map<string, Result>> {
  const results = new Map<string, Result>();
  const parts: string[] = [];
  for await (const { key } of job.objects.list(keys.results(job, plan, chunk))) parts.push(key);
  for (const key of parts) {
    for await (const result of readLines<Result>(job.objects, key)) {
      const earlier = results.get(keyOf(result));
      const better = !earlier?.outcome || !result.outcome || rank(result) < rank(earlier);
      if (better) results.set(keyOf(result), result);
    }
  }
  return results;
}

/** Says that nothing is known any more of these messages: the chunk's next run handles them again. */
export async function voidResults(
  job: MailJob,
  plan: string,
  chunk: number,
  lines: readonly MailLine[],
): Promise<void> {
  const prefix = keys.claims(job, plan, chunk);
  const last = await lastClaim<ChunkState>(job.objects, prefix);
  const { name } = await Claim.take(job.objects, prefix, last, fresh);
  const part = `${keys.results(job, plan, chunk)}${name}-void.ndjson`;
  await job.objects.put(part, linesOf(lines.map(({ mailbox, uid }) => ({ mailbox, uid }))));
}

/** A result without an outcome says that nothing is known any more. */
export function outcomeOf(line: MailLine, result: Result | undefined): MailLine['outcome'] {
  return result ? result.outcome : line.outcome;
}

/** Moved before skipped, lower UID before higher. */
const rank = (result: Result) =>
  result.outcome === 'skipped' ? Number.POSITIVE_INFINITY : (result.target ?? 2 ** 40);
