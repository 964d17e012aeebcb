import { createBindings } from './bindings.ts';
import { Calls, type Settled } from './calls.ts';
import { continueChildren } from './children.ts';
import type { TaskState } from './definition.ts';
import type { Engine } from './engine.ts';
import { enterState, leave } from './enter-state.ts';
import { endExecution, failureFrom } from './executions.ts';
import { failState } from './fail-state.ts';
import { readMapItems } from './item-reader.ts';
import type { FrameRow } from './rows.ts';
import { StateFailure, toData } from './state-failure.ts';
import { StaleFrameError } from './store.ts';
import { leaveTask } from './task-state.ts';

/** Frames between two looks at the timers. */
const batchSize = 32;
/** Milliseconds after which others of the process get their turn. */
const longestTurn = 10;

/** Does what is due: timers by time and number, answers of calls, then the ready frames in their order. */
export class Processor {
  readonly #engine: Engine;
  readonly calls: Calls;

  constructor(engine: Engine) {
    this.#engine = engine;
    this.calls = new Calls(engine);
  }

  /** Until nothing more is due, not waiting for calls in flight. Returns whether there was anything. */
  async live(): Promise<boolean> {
    let worked = false;
    let turn = performance.now();
    for (;;) {
      const did = await this.#pass();
      const began = this.calls.begin();
      if (!did && !began && !this.calls.hasSettled) return worked;
      worked = true;
      if (performance.now() - turn > longestTurn) {
        await new Promise((resolve) => setImmediate(resolve));
        turn = performance.now();
      }
    }
  }

  /** Until nothing more is due and no call is in flight; answers are taken in rounds, so that runs repeat exactly. */
  async settled(): Promise<boolean> {
    let worked = false;
    for (;;) {
      while (await this.#pass()) worked = true;
      if (this.calls.begin()) worked = true;
      if (this.calls.inFlight === 0 && !this.calls.hasSettled) return worked;
      await this.calls.all();
    }
  }

  /** Writes down the answers that are there, and begins nothing. */
  async drain(): Promise<void> {
    for (const settled of this.calls.take()) await this.#answer(settled);
  }

  async #pass(): Promise<boolean> {
    let worked = false;
    while (await this.#fireNext()) worked = true;
    for (const settled of this.calls.take()) {
      await this.#answer(settled);
      worked = true;
    }
    const { ready } = this.#engine;
    let left = batchSize;
    for (const id of ready) {
      if (left-- === 0) break;
      ready.delete(id);
      const frame = this.#engine.store.frame(id);
      if (frame && !frame.stopped) await this.#attempt(frame, () => this.#go(frame));
      worked = true;
    }
    return worked;
  }

  async #go(frame: FrameRow): Promise<void> {
    const engine = this.#engine;
    const state = engine.stateOf(frame);
    if (frame.phase === 'enter') return enterState(engine, frame, state);
    if (frame.phase === 'result') return leaveTask(engine, frame, state as TaskState, frame.result!);
    if (frame.phase === 'error') throw failureFrom(frame.result!);
    if (frame.phase === 'read' && state.type === 'Map') return readMapItems(engine, frame, state);
    if (frame.phase === 'children' && (state.type === 'Map' || state.type === 'Parallel')) {
      return continueChildren(engine, frame, state);
    }
  }

  /** A step that throws StateFailure goes to Retry and Catch; one whose frame changed meanwhile is void. */
  async #attempt(frame: FrameRow, step: () => Promise<void> | void): Promise<void> {
    try {
      try {
        await step();
      } catch (error) {
        if (!(error instanceof StateFailure)) throw error;
        await failState(this.#engine, frame, error);
      }
    } catch (error) {
      if (!(error instanceof StaleFrameError)) throw error;
    }
  }

  async #answer({ frame: id, version, outcome }: Settled): Promise<void> {
    const engine = this.#engine;
    const frame = engine.store.frame(id);
    if (!frame || frame.version !== version || frame.stopped) return;
    // Too late: the timer is due, and it speaks for itself.
    if (frame.wakeAt !== null && frame.wakeAt <= engine.now()) return;
    const state = engine.stateOf(frame) as TaskState;
    await this.#attempt(frame, async () => {
      if ('failure' in outcome) throw outcome.failure;
      if (state.action === 'invokeAndWait') {
        engine.store.write('TaskAccepted', () => {
          engine.store.saveFrame({ ...frame, phase: 'token' });
          engine.store.journal('TaskAccepted', engine.now(), frame.execution, frame);
        });
        return;
      }
      const result = { ExecutedVersion: '$LATEST', Payload: outcome.payload, StatusCode: 200 };
      await leaveTask(engine, frame, state, toData(result, 'result'));
    });
  }

  /** The earliest timer that is due; one of an execution before one of a frame at the same time. */
  async #fireNext(): Promise<boolean> {
    const { store } = this.#engine;
    const now = this.#engine.now();
    const execution = store.get<{ id: number; timeoutAt: number }>(
      `SELECT id, timeoutAt FROM workflow_execution WHERE status = 'RUNNING' AND timeoutAt <= ?
       ORDER BY timeoutAt, id LIMIT 1`,
      now,
    );
    const frame = store.get<FrameRow>(
      'SELECT * FROM workflow_frame WHERE wakeAt IS NOT NULL AND wakeAt <= ? ORDER BY wakeAt, id LIMIT 1',
      now,
    );
    if (execution && (!frame || execution.timeoutAt <= frame.wakeAt!)) {
      store.write('ExecutionTimedOut', () => {
        endExecution(this.#engine, execution.id, 'TIMED_OUT', {
          error: 'States.Timeout',
          cause: 'The execution ran longer than TimeoutSeconds of its state machine.',
        });
      });
      return true;
    }
    if (!frame) return false;
    await this.#attempt(frame, () => this.#fire(frame, now));
    return true;
  }

  async #fire(frame: FrameRow, now: number): Promise<void> {
    const engine = this.#engine;
    const state = engine.stateOf(frame);
    if (frame.phase === 'wait') return leave(engine, frame, state, createBindings(engine, frame));
    if (frame.phase === 'retry') return enterState(engine, { ...frame, wakeAt: null }, state);
    if (frame.timeoutAt !== null && frame.timeoutAt <= now) {
      throw new StateFailure('States.Timeout', `'${frame.state}' had no result within TimeoutSeconds`);
    }
    throw new StateFailure(
      'States.HeartbeatTimeout',
      `'${frame.state}' sent no heartbeat within HeartbeatSeconds`,
    );
  }
}
