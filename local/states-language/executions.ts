import { executionArn, machineArn } from './bindings.ts';
import type { Definition } from './definition.ts';
import type { Engine } from './engine.ts';
import type { ExecutionRow, FrameRow, Status, WriteName } from './rows.ts';
import { StateFailure } from './state-failure.ts';

/** A Standard execution lasts a year at most (Step Functions quotas). */
const longestExecution = 365 * 86_400_000;

const endNames = {
  SUCCEEDED: 'ExecutionSucceeded',
  FAILED: 'ExecutionFailed',
  TIMED_OUT: 'ExecutionTimedOut',
  ABORTED: 'ExecutionAborted',
} as const satisfies Partial<Record<Status, WriteName>>;

export const timeoutOf = (definition: Definition, now: number): number =>
  now + Math.min(longestExecution, (definition.timeoutSeconds ?? longestExecution) * 1000);

/** Inside a write: the rows of a new execution. Its name is free: the caller looked. */
export const insertExecution = (
  engine: Engine,
  machine: { key: string; definition: Definition },
  name: string,
  input: string,
  parentFrame: number | null,
): void => {
  const { store } = engine;
  const { definition } = machine;
  const now = engine.now();
  store.run(
    'INSERT OR IGNORE INTO workflow_definition VALUES (?, ?, ?)',
    definition.sha256,
    definition.name,
    definition.text,
  );
  const { id } = store.get<{ id: number }>(
    `INSERT INTO workflow_execution (name, machine, definition, status, input, startedAt, timeoutAt, parentFrame)
     VALUES (?, ?, ?, 'RUNNING', ?, ?, ?, ?) RETURNING id`,
    name,
    machine.key,
    definition.sha256,
    input,
    now,
    timeoutOf(definition, now),
    parentFrame,
  )!;
  store.journal('ExecutionStarted', now, id, undefined);
  const frame = store.insertFrame({
    execution: id,
    parent: null,
    idx: 0,
    run: null,
    state: definition.startAt,
    input,
  });
  engine.wake(frame);
};

/** What startExecution.sync:2 and the cause of a failed child hold (API reference: DescribeExecution). */
const describeRow = (row: ExecutionRow): Record<string, unknown> => ({
  ExecutionArn: executionArn(row.machine, row.name),
  Input: JSON.parse(row.input),
  Name: row.name,
  ...(row.output === null ? {} : { Output: JSON.parse(row.output) }),
  ...(row.error === null ? {} : { Error: row.error }),
  ...(row.cause === null ? {} : { Cause: row.cause }),
  StartDate: row.startedAt,
  StateMachineArn: machineArn(row.machine),
  Status: row.status,
  StopDate: row.stoppedAt,
});

/** Inside a write: the frame that waits for this execution gets its end. */
const tellParent = (engine: Engine, row: ExecutionRow): void => {
  if (row.parentFrame === null) return;
  const frame = engine.store.frame(row.parentFrame);
  if (!frame || frame.stopped || frame.phase !== 'child') return;
  const description = describeRow(row);
  const answer =
    row.status === 'SUCCEEDED'
      ? { phase: 'result' as const, result: JSON.stringify(description) }
      : {
          phase: 'error' as const,
          result: failureText(new StateFailure('States.TaskFailed', JSON.stringify(description))),
        };
  engine.store.saveFrame({ ...frame, ...answer, wakeAt: null });
  engine.wake(frame.id);
};

export const failureText = ({ error, reason }: StateFailure): string => JSON.stringify({ error, reason });
export const failureFrom = (text: string): StateFailure => {
  const { error, reason } = JSON.parse(text) as { error: string; reason: string };
  return new StateFailure(error, reason);
};

/** Inside a write: children of frames that go are stopped, as Step Functions does for .sync:2. */
export const abortChildren = (engine: Engine, frame: number): void => {
  // Nobody waits for them any more: their end is not told to the frame.
  const children = engine.store.all<{ id: number }>(
    `UPDATE workflow_execution SET parentFrame = NULL WHERE parentFrame = ? AND status = 'RUNNING' RETURNING id`,
    frame,
  );
  for (const { id } of children) {
    endExecution(engine, id, 'ABORTED', {
      error: null,
      cause: 'The execution that waited for it went on without it.',
    });
  }
};

/** Inside a write: the execution ends. Frames of one that did not succeed are kept, stopped, for a redrive. */
export const endExecution = (
  engine: Engine,
  id: number,
  status: Exclude<Status, 'RUNNING'>,
  end: { output?: string; error?: string | null; cause?: string | null; frame?: FrameRow },
): void => {
  const { store } = engine;
  const now = engine.now();
  store.run(
    'UPDATE workflow_execution SET status = ?, output = ?, error = ?, cause = ?, stoppedAt = ? WHERE id = ?',
    status,
    end.output ?? null,
    end.error ?? null,
    end.cause ?? null,
    now,
    id,
  );
  store.journal(endNames[status], now, id, end.frame, end.error ?? undefined);
  if (status === 'SUCCEEDED') store.run('DELETE FROM workflow_frame WHERE execution = ?', id);
  else {
    store.run(
      'UPDATE workflow_frame SET stopped = 1, version = version + 1, wakeAt = NULL, token = NULL WHERE execution = ?',
      id,
    );
    const waiting = store.all<{ id: number }>(
      "SELECT id FROM workflow_frame WHERE execution = ? AND phase = 'child'",
      id,
    );
    for (const frame of waiting) abortChildren(engine, frame.id);
  }
  tellParent(engine, store.execution(id));
};
