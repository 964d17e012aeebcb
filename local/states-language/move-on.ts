import type { Engine } from './engine.ts';
import { endExecution } from './executions.ts';
import type { Bindings } from './expression.ts';
import { type FrameRow, itemStatus, type WriteName } from './rows.ts';
import { StateFailure, toData } from './state-failure.ts';
import { evaluateTemplate, type Template } from './template.ts';

/** All variables of one scope together (Step Functions quotas): 10 MiB. */
const variablesLimit = 10 * 1_048_576;

/** What a frame is when it enters a state; the rest of the row is the state's own bookkeeping. */
export const cleared = {
  attempts: null,
  enteredAt: null,
  wakeAt: null,
  timeoutAt: null,
  heartbeat: null,
  token: null,
  arguments: null,
  result: null,
  total: 0,
  nextIndex: 0,
  running: 0,
  failed: 0,
} as const satisfies Partial<FrameRow>;

const assignVariables = async (
  frame: FrameRow,
  assign: Template | undefined,
  bindings: Bindings,
): Promise<string | null> => {
  if (assign === undefined) return frame.variables;
  // All values are computed before any is assigned ("Evaluation order in an assign field").
  const values = toData(await evaluateTemplate(assign, bindings), 'Assign');
  const own = JSON.parse(frame.variables ?? '{}') as object;
  const merged = JSON.stringify({ ...own, ...(JSON.parse(values) as object) });
  if (Buffer.byteLength(merged) > variablesLimit) {
    throw new StateFailure('States.DataLimitExceeded', 'The variables together are larger than 10 MiB');
  }
  return merged;
};

/** Inside a write: the frames and items below a Parallel or Map go, and executions that they wait for stop. */
export const dropChildren = (engine: Engine, frame: FrameRow, abortChild: (frame: number) => void): void => {
  for (const id of engine.store.descendants(frame.id)) {
    abortChild(id);
    engine.store.deleteFrame(id);
  }
  engine.store.run('DELETE FROM workflow_item WHERE frame = ?', frame.id);
};

/** Inside a write: a branch or iteration has its output. */
const finishChild = (engine: Engine, frame: FrameRow, output: string): void => {
  const { store } = engine;
  store.run(
    `INSERT INTO workflow_item (frame, idx, status, output) VALUES (?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET status = excluded.status, output = excluded.output`,
    frame.parent!,
    frame.idx,
    itemStatus.succeeded,
    output,
  );
  store.deleteFrame(frame.id);
  const parent = store.get<{ running: number; nextIndex: number; total: number }>(
    'UPDATE workflow_frame SET running = running - 1 WHERE id = ? RETURNING running, nextIndex, total',
    frame.parent!,
  )!;
  if (parent.running === 0 || parent.nextIndex < parent.total) engine.wake(frame.parent!);
};

/**
 * Leaves a state in one transition: Output and Assign, then the next state or the end of the scope. Throws
 * StateFailure, and then nothing was written.
 */
export const moveOn = async (
  engine: Engine,
  frame: FrameRow,
  how: {
    name: WriteName;
    bindings: Bindings;
    output: Template | undefined;
    assign: Template | undefined;
    /** The output when there is no Output: the result, or the input. */
    fallback: string;
    next: string | undefined;
    error?: string;
    /** More to do in the same transition, e.g. dropping children. */
    also?: () => void;
  },
): Promise<void> => {
  const output =
    how.output === undefined
      ? how.fallback
      : toData(await evaluateTemplate(how.output, how.bindings), 'Output');
  const variables = await assignVariables(frame, how.assign, how.bindings);
  const { store } = engine;
  const isEnd = how.next === undefined && frame.parent === null;
  store.write(isEnd ? 'ExecutionSucceeded' : how.name, () => {
    how.also?.();
    store.saveFrame({
      ...frame,
      ...cleared,
      state: how.next ?? frame.state,
      phase: 'enter',
      input: output,
      variables,
    });
    store.journal(how.name, engine.now(), frame.execution, frame, how.error);
    if (how.next !== undefined) engine.wake(frame.id);
    else if (frame.parent === null) endExecution(engine, frame.execution, 'SUCCEEDED', { output });
    else finishChild(engine, frame, output);
  });
};
