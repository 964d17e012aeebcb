import { Engine, type RuntimeOptions } from './engine.ts';
import { endExecution, failureText, insertExecution } from './executions.ts';
import { dataLimit, isWithinDataLimit } from './json.ts';
import { executionNameProblem } from './names.ts';
import { Processor } from './processor.ts';
import { prune, redriveExecution } from './redrive.ts';
import type { ExecutionRow, Status } from './rows.ts';
import { StateFailure } from './state-failure.ts';
import { answerToken, heartbeatToken } from './tokens.ts';
import {
  describeExecution,
  type ExecutionView,
  findExecution,
  type HistoryView,
  listExecutions,
  readHistory,
} from './views.ts';

/** What the caller gave cannot be taken: unknown machine or execution, bad name, too large. Nothing was changed. */
export class InvalidRequestError extends Error {
  override name = 'InvalidRequestError';
}

/** Longest sleep of the loop, in milliseconds: a clock that was set is noticed within this time. */
const longestSleep = 60_000;
/** Milliseconds that calls in flight get to end when the loop is stopped; later answers are lost and asked again. */
const grace = 5_000;
const day = 86_400_000;

/**
 * The Amazon States Language on SQLite: Standard workflows that survive a crash at any moment. Whatever was written
 * goes on in the next Runtime over the same database; a Lambda call that was in flight is made again.
 */
export class Runtime {
  readonly #engine: Engine;
  readonly #processor: Processor;
  #turn: Promise<unknown> = Promise.resolve();
  #prunedAt = -Infinity;

  constructor(options: RuntimeOptions) {
    this.#engine = new Engine(options);
    this.#processor = new Processor(this.#engine);
  }

  /** Starts once however often it is called with a name: returns false when the execution exists already. */
  start(machine: string, name: string, input: unknown): boolean {
    const found = this.#engine.machine(machine);
    if (!found) throw new InvalidRequestError(`There is no state machine '${machine}'. Nothing was started.`);
    const problem = executionNameProblem(name);
    if (problem) throw new InvalidRequestError(`${problem} Nothing was started.`);
    const text = this.#data(input, 'input');
    if (findExecution(this.#engine.store, name, found.key)) return false;
    this.#engine.store.write('ExecutionStarted', () =>
      insertExecution(this.#engine, found, name, text, null),
    );
    return true;
  }

  /** False when nobody waits for this token any more: answered, timed out, stopped. */
  succeed(taskToken: string, output: unknown): boolean {
    return answerToken(this.#engine, 'TaskSucceeded', taskToken, 'result', this.#data(output, 'output'));
  }

  /** False as with succeed(). `error` is what Retry and Catch match; `cause` holds no secret. */
  fail(taskToken: string, error: string, cause: string): boolean {
    const failure = new StateFailure(error, cause);
    return answerToken(this.#engine, 'TaskFailed', taskToken, 'error', failureText(failure), failure.error);
  }

  /** Puts off States.HeartbeatTimeout. False as with succeed(). */
  heartbeat(taskToken: string): boolean {
    return heartbeatToken(this.#engine, taskToken);
  }

  /** Does all that is due now and waits for the Lambda calls that this takes. Returns whether there was anything. */
  step(): Promise<boolean> {
    return this.#exclusively(() => this.#processor.settled());
  }

  /** Like step(), without waiting for the calls in flight: their answers are for a later poll(). */
  poll(): Promise<boolean> {
    return this.#exclusively(() => this.#processor.live());
  }

  /** The earliest timer; undefined when nothing but an answer from outside can go on. May lie in the past. */
  nextWakeAt(): Date | undefined {
    const { wakeAt } = this.#engine.store.get<{ wakeAt: number | null }>(
      `SELECT min(wakeAt) AS wakeAt FROM (SELECT min(wakeAt) AS wakeAt FROM workflow_frame WHERE wakeAt IS NOT NULL
       UNION ALL SELECT min(timeoutAt) FROM workflow_execution WHERE status = 'RUNNING')`,
    )!;
    return wakeAt === null ? undefined : new Date(wakeAt);
  }

  /** The loop of the real process, until the signal. Rejects when the database fails; a new process then goes on. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      let wake = () => {};
      const work = new Promise<void>((resolve) => {
        wake = resolve;
      });
      this.#engine.onWork = wake;
      signal.addEventListener('abort', wake);
      await this.poll();
      const next = this.nextWakeAt();
      const sleep = Math.min(longestSleep, Math.max(0, (next?.getTime() ?? Infinity) - this.#engine.now()));
      const timer = setTimeout(wake, sleep);
      if (!signal.aborted) await work;
      clearTimeout(timer);
      signal.removeEventListener('abort', wake);
    }
    this.#engine.onWork = () => {};
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, grace);
    await Promise.race([this.#processor.calls.all(), promise]);
    clearTimeout(timer);
    if (!this.#engine.store.isClosed) await this.#exclusively(() => this.#processor.drain());
  }

  /** Writes nothing more; a Runtime made later over the same database goes on. */
  close(): void {
    this.#engine.store.close();
  }

  describe(name: string, machine?: string): ExecutionView | undefined {
    const row = findExecution(this.#engine.store, name, machine);
    return row && describeExecution(this.#engine.store, row);
  }

  /** Transitions, oldest first. */
  history(name: string, options: { machine?: string; limit?: number } = {}): HistoryView[] {
    const row = findExecution(this.#engine.store, name, options.machine);
    return row ? readHistory(this.#engine.store, row, options.limit ?? 1000) : [];
  }

  /** Latest first. */
  list(options: { status?: Status; limit?: number } = {}): ExecutionView[] {
    return listExecutions(this.#engine.store, options.status, options.limit ?? 100).map((row) =>
      describeExecution(this.#engine.store, row),
    );
  }

  /** A failed, timed out or stopped execution goes on from where it stopped. Throws NotRedrivableError. */
  redrive(name: string, machine?: string): void {
    redriveExecution(this.#engine, this.#existing(name, machine));
  }

  /** Ends a running execution as ABORTED. Returns false when it had ended already. */
  stop(name: string, error: string, cause: string, machine?: string): boolean {
    const row = this.#existing(name, machine);
    if (row.status !== 'RUNNING') return false;
    this.#engine.store.write('ExecutionAborted', () =>
      endExecution(this.#engine, row.id, 'ABORTED', { error, cause }),
    );
    return true;
  }

  #existing(name: string, machine: string | undefined): ExecutionRow {
    const row = findExecution(this.#engine.store, name, machine);
    if (!row) throw new InvalidRequestError(`There is no execution '${name}'. Nothing was changed.`);
    return row;
  }

  #data(value: unknown, what: string): string {
    const text: string | undefined = JSON.stringify(value);
    if (text === undefined) throw new InvalidRequestError(`The ${what} is not JSON. Nothing was changed.`);
    if (!isWithinDataLimit(text)) {
      throw new InvalidRequestError(`The ${what} is larger than ${dataLimit} bytes. Nothing was changed.`);
    }
    return text;
  }

  /** One at a time; a failure of the database or a crash in a hook ends this runtime. */
  #exclusively<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(async () => {
      try {
        if (this.#engine.now() - this.#prunedAt >= day) {
          prune(this.#engine);
          this.#prunedAt = this.#engine.now();
        }
        return await work();
      } catch (error) {
        this.close();
        throw error;
      }
    });
    this.#turn = turn.catch(() => {});
    return turn;
  }
}

export type { RuntimeOptions };
