import { createBindings, executionArn, machineArn } from './bindings.ts';
import type { Fallible, Retrier } from './definition.ts';
import type { Engine } from './engine.ts';
import { abortChildren, endExecution, failureText } from './executions.ts';
import { fraction } from './functions.ts';
import type { MapSettings } from './map-state.ts';
import { cleared, dropChildren, moveOn } from './move-on.ts';
import { type FrameRow, itemStatus } from './rows.ts';
import { StateFailure } from './state-failure.ts';

const longestDelay = 31_622_400_000;
/** Errors of the service that no wildcard matches ("Handling errors in Step Functions workflows"). */
const terminal = new Set(['States.Runtime', 'States.DataLimitExceeded']);
const timeouts = new Set(['States.Timeout', 'States.HeartbeatTimeout']);

/** Whether ErrorEquals matches: by name, by States.ALL, or by States.TaskFailed, which leaves out timeouts. */
export const matchesError = (errorEquals: readonly string[], error: string): boolean =>
  error !== 'States.Runtime' &&
  errorEquals.some(
    (name) =>
      name === error ||
      // A missed heartbeat is reported as a timeout as well.
      (name === 'States.Timeout' && error === 'States.HeartbeatTimeout') ||
      (name === 'States.ALL' && !terminal.has(error)) ||
      (name === 'States.TaskFailed' && !terminal.has(error) && !timeouts.has(error)),
  );

/** Milliseconds until the retry after `attempts` earlier ones (States Language, "Retrying after error"). */
export const retryDelay = (retrier: Retrier, attempts: number, random: () => number): number => {
  const seconds = retrier.intervalSeconds * retrier.backoffRate ** attempts;
  const delay = Math.min(seconds * 1000, (retrier.maxDelaySeconds ?? Infinity) * 1000, longestDelay);
  return Math.round(retrier.fullJitter ? delay * random() : delay);
};

const scheduleRetry = (engine: Engine, frame: FrameRow, state: Fallible, failure: StateFailure): boolean => {
  const index = state.retry.findIndex(({ errorEquals }) => matchesError(errorEquals, failure.error));
  const retrier = state.retry[index];
  if (!retrier) return false;
  const attempts = state.retry.map((_, at) => (JSON.parse(frame.attempts ?? '[]') as number[])[at] ?? 0);
  const used = attempts[index]!;
  if (used >= retrier.maxAttempts) return false;
  attempts[index] = used + 1;
  const delay = retryDelay(retrier, used, () => fraction(engine.options.random.bytes(8)));
  const { store } = engine;
  store.write('RetryScheduled', () => {
    store.saveFrame({
      ...frame,
      ...cleared,
      phase: 'retry',
      enteredAt: frame.enteredAt,
      attempts: JSON.stringify(attempts),
      wakeAt: engine.now() + delay,
    });
    abortChildren(engine, frame.id);
    dropChildren(engine, frame, (id) => abortChildren(engine, id));
    store.journal('RetryScheduled', engine.now(), frame.execution, frame, failure.error);
  });
  return true;
};

const catchError = async (
  engine: Engine,
  frame: FrameRow,
  state: Fallible,
  failure: StateFailure,
): Promise<boolean> => {
  const catcher = state.catch.find(({ errorEquals }) => matchesError(errorEquals, failure.error));
  if (!catcher) return false;
  const errorOutput = { Error: failure.error, Cause: failure.reason };
  await moveOn(engine, frame, {
    name: 'ErrorCaught',
    bindings: createBindings(engine, frame, { errorOutput }),
    output: catcher.output,
    assign: catcher.assign,
    fallback: JSON.stringify(errorOutput),
    next: catcher.next,
    error: failure.error,
    also: () => {
      abortChildren(engine, frame.id);
      dropChildren(engine, frame, (id) => abortChildren(engine, id));
    },
  });
  return true;
};

/** One iteration of a distributed Map failed: it counts, and too many fail the Map. */
const failIteration = (engine: Engine, frame: FrameRow, parent: FrameRow, failure: StateFailure): void => {
  const { store } = engine;
  const { machine, name } = engine.execution(frame.execution);
  const settings = JSON.parse(parent.arguments ?? '{}') as MapSettings;
  store.write('IterationFailed', () => {
    const { input } = store.get<{ input: string }>(
      'SELECT coalesce(output, value) AS input FROM workflow_item WHERE frame = ? AND idx = ?',
      parent.id,
      frame.idx,
    )!;
    // Without ResultWriter a failed iteration leaves its execution's record among the results.
    const record = {
      ExecutionArn: executionArn(machine, `${name}-${frame.idx}`),
      Input: input,
      Name: `${name}-${frame.idx}`,
      Status: 'FAILED',
      Error: failure.error,
      Cause: failure.reason,
      StateMachineArn: machineArn(machine),
    };
    abortChildren(engine, frame.id);
    dropChildren(engine, frame, (id) => abortChildren(engine, id));
    store.run(
      'UPDATE workflow_item SET status = ?, output = ? WHERE frame = ? AND idx = ?',
      itemStatus.failed,
      JSON.stringify(record),
      parent.id,
      frame.idx,
    );
    store.journal(
      'IterationFailed',
      engine.now(),
      frame.execution,
      { ...frame, run: parent.run },
      failure.error,
    );
    store.deleteFrame(frame.id);
    const counts = { ...parent, running: parent.running - 1, failed: parent.failed + 1 };
    const { toleratedFailureCount: count, toleratedFailurePercentage: percentage } = settings;
    const isTooMany =
      count === undefined && percentage === undefined
        ? true
        : counts.failed > (count ?? Infinity) || (counts.failed * 100) / counts.total > (percentage ?? 100);
    const exceeded = new StateFailure(
      'States.ExceedToleratedFailureThreshold',
      `The specified tolerated failure threshold was exceeded: ${counts.failed} of ${counts.total}, last ${failure.error}`,
    );
    store.saveFrame(isTooMany ? { ...counts, phase: 'error', result: failureText(exceeded) } : counts);
    engine.wake(parent.id);
  });
};

/**
 * An error in the state of this frame: its Retry, its Catch, then those of the Parallel or Map around it, and so
 * on outward; unhandled, it fails the execution, whose frames stay for a redrive.
 */
export const failState = async (engine: Engine, origin: FrameRow, failure: StateFailure): Promise<void> => {
  let frame = origin;
  let current = failure;
  for (;;) {
    const state = engine.stateOf(frame);
    if ('retry' in state) {
      if (scheduleRetry(engine, frame, state, current)) return;
      try {
        if (await catchError(engine, frame, state, current)) return;
      } catch (error) {
        // A catcher that fails itself is not caught by its own state.
        if (!(error instanceof StateFailure)) throw error;
        current = error;
      }
    }
    if (frame.parent === null) break;
    const parent = engine.store.frame(frame.parent)!;
    if (frame.run === frame.id) return failIteration(engine, frame, parent, current);
    frame = parent;
  }
  engine.store.write('ExecutionFailed', () => {
    engine.store.saveFrame(origin);
    endExecution(engine, origin.execution, 'FAILED', {
      error: current.error,
      cause: current.reason,
      frame: origin,
    });
  });
};
