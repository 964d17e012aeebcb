import type { Engine } from './engine.ts';
import type { FrameRow } from './rows.ts';
import { StateFailure } from './state-failure.ts';

/** A Lambda function runs for 15 minutes at most, in milliseconds; and what Step Functions then reports. */
const longestCall = 900_000;
const timedOut = new StateFailure('Sandbox.Timedout', 'The function ran longer than 15 minutes');

/** How a Lambda call ended. */
export interface Settled {
  frame: number;
  /** Of the frame when the call began: an answer to anything else is void. */
  version: number;
  outcome: { payload: unknown } | { failure: StateFailure };
}

/** What Step Functions makes of an error that a function threw: its name, and a cause in JSON, without the stack. */
const toFailure = (thrown: unknown): StateFailure => {
  const { name, message } = thrown instanceof Error ? thrown : { name: 'Error', message: String(thrown) };
  const cause = { errorType: name, errorMessage: message.slice(0, 8000), trace: [] };
  return new StateFailure(name, JSON.stringify(cause));
};

/** Lambda calls in flight. They live in memory only: after a crash every frame in phase `invoke` is called again. */
export class Calls {
  readonly #engine: Engine;
  readonly #limit: number;
  readonly #inFlight = new Set<Promise<void>>();
  #settled: Settled[] = [];

  constructor(engine: Engine) {
    this.#engine = engine;
    this.#limit = engine.options.concurrency ?? 16;
  }

  get inFlight(): number {
    return this.#inFlight.size;
  }

  get hasSettled(): boolean {
    return this.#settled.length > 0;
  }

  /** Begins the calls that are due, as many as may be in flight. Returns whether it began one. */
  begin(): boolean {
    let began = false;
    for (const id of this.#engine.calls) {
      if (this.#inFlight.size >= this.#limit) break;
      this.#engine.calls.delete(id);
      const frame = this.#engine.store.frame(id);
      if (frame?.phase !== 'invoke' || frame.stopped) continue;
      const call: Promise<void> = this.#call(frame).finally(() => this.#inFlight.delete(call));
      this.#inFlight.add(call);
      began = true;
    }
    return began;
  }

  async #call(frame: FrameRow): Promise<void> {
    const { machine, name } = this.#engine.execution(frame.execution);
    const { FunctionName, Payload } = JSON.parse(frame.arguments!) as {
      FunctionName: string;
      Payload: unknown;
    };
    const retries = (JSON.parse(frame.attempts ?? '[]') as number[]).reduce((sum, count) => sum + count, 0);
    const context = { machine, executionName: name, state: frame.state, attempt: retries + 1 };
    const { promise: tooLong, reject } = Promise.withResolvers<never>();
    const timer = setTimeout(() => reject(timedOut), longestCall).unref();
    let outcome: Settled['outcome'];
    try {
      const call = this.#engine.options.invoke(FunctionName, Payload, context);
      outcome = { payload: (await Promise.race([call, tooLong])) ?? null };
    } catch (thrown) {
      outcome = { failure: thrown instanceof StateFailure ? thrown : toFailure(thrown) };
    }
    clearTimeout(timer);
    this.#settled.push({ frame: frame.id, version: frame.version, outcome });
    this.#engine.onWork();
  }

  /** Resolves when every call in flight has its answer. */
  async all(): Promise<void> {
    await Promise.all(this.#inFlight);
  }

  /** The answers since the last time, by frame: their order does not depend on who was faster. */
  take(): Settled[] {
    const settled = this.#settled.sort((one, other) => one.frame - other.frame);
    this.#settled = [];
    return settled;
  }
}
