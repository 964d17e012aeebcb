import type { Engine } from './engine.ts';
import { timeoutOf } from './executions.ts';
import { cleared } from './move-on.ts';
import { type ExecutionRow, type FrameRow, itemStatus, type Phase } from './rows.ts';

/** The execution cannot be redriven: it runs, succeeded, or ended more than 14 days ago. Nothing was changed. */
export class NotRedrivableError extends Error {
  override name = 'NotRedrivableError';
}

/** Step Functions redrives for 14 days, and keeps the history of an execution for 90. */
const redrivable = 14 * 86_400_000;
const remembered = 90 * 86_400_000;

/** These go on where they are; the states of the others run again from their input. */
const unharmed: readonly Phase[] = ['enter', 'read', 'children', 'result'];

/**
 * Step Functions, "Restarting state machine executions with redrive": what succeeded stays, the states that failed
 * or were stopped run again with fresh retries.
 */
export const redriveExecution = (engine: Engine, row: ExecutionRow): void => {
  const { store } = engine;
  const frames = store.all<FrameRow>('SELECT * FROM workflow_frame WHERE execution = ? ORDER BY id', row.id);
  if (row.status === 'RUNNING' || row.status === 'SUCCEEDED' || frames.length === 0) {
    throw new NotRedrivableError(
      `Execution ${row.name} is ${row.status}${frames.length === 0 && row.status !== 'SUCCEEDED' ? ' too long ago' : ''}; only a failed one can go on.`,
    );
  }
  const now = engine.now();
  store.write('ExecutionRedriven', () => {
    store.run(
      `UPDATE workflow_execution SET status = 'RUNNING', output = NULL, error = NULL, cause = NULL, stoppedAt = NULL,
         timeoutAt = ?, parentFrame = NULL, redrives = redrives + 1, redrivenAt = ?, events = 0 WHERE id = ?`,
      timeoutOf(engine.execution(row.id).definition, now),
      now,
      row.id,
    );
    store.journal('ExecutionRedriven', now, row.id, undefined);
    for (const frame of frames) {
      if (frame.total > 0 && (frame.phase === 'children' || frame.phase === 'error')) {
        resetFailedItems(engine, frame);
        store.saveFrame({
          ...frame,
          phase: 'children',
          stopped: 0,
          result: null,
          failed: 0,
          nextIndex: restartIndex(engine, frame),
        });
      } else if (unharmed.includes(frame.phase)) store.saveFrame({ ...frame, stopped: 0, attempts: null });
      else store.saveFrame({ ...frame, ...cleared, phase: 'enter', stopped: 0 });
      engine.wake(frame.id);
    }
  });
  engine.forget(row.id);
};

const resetFailedItems = (engine: Engine, frame: FrameRow): void => {
  engine.store.run(
    `UPDATE workflow_item SET status = ${itemStatus.pending}, output = NULL WHERE frame = ? AND status = ?`,
    frame.id,
    itemStatus.failed,
  );
};

const restartIndex = (engine: Engine, frame: FrameRow): number => {
  const row = engine.store.get<{ first: number | null }>(
    `SELECT min(idx) AS first FROM workflow_item WHERE frame = ? AND status = ${itemStatus.pending}`,
    frame.id,
  );
  return row?.first ?? frame.total;
};

/** Drops the frames of executions that can be redriven no more, and executions that nobody needs to remember. */
export const prune = (engine: Engine): void => {
  const { store } = engine;
  const now = engine.now();
  store.write('Pruned', () => {
    const tooLate = `SELECT id FROM workflow_execution WHERE stoppedAt < ?`;
    store.run(
      `DELETE FROM workflow_item WHERE frame IN (SELECT id FROM workflow_frame WHERE execution IN (${tooLate}))`,
      now - redrivable,
    );
    store.run(`DELETE FROM workflow_frame WHERE execution IN (${tooLate})`, now - redrivable);
    store.run(`DELETE FROM workflow_journal WHERE execution IN (${tooLate})`, now - remembered);
    store.run('DELETE FROM workflow_execution WHERE stoppedAt < ?', now - remembered);
    store.run(
      'DELETE FROM workflow_definition WHERE sha256 NOT IN (SELECT definition FROM workflow_execution)',
    );
  });
};
