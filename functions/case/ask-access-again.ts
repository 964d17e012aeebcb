import type { Case, Task } from './case.ts';
import { type CompletionStatus, isLate } from './complete-task.ts';
import type { Decision } from './decision.ts';
import type { TaskKind } from './tasks.ts';

/** The engineer's steps that need to get into the source. */
const needing: readonly TaskKind[] = ['survey', 'migration-details'];

/** The open step that can send the customer's `source-access` back instead of being done. */
export function stepInNeedOfAccess(c: Case): Task | undefined {
  return c.tasks.find(({ kind, status }) => status === 'open' && needing.includes(kind));
}

/**
 * What was confided does not lead into the source: the customer is asked again, with the remarks in the mail and on the
 * page (R30, R36). The step ends, and opens anew after the answer. Twice has one effect.
 */
export function askAccessAgain(decision: Decision, taskId: string, remarks: string): CompletionStatus {
  const task = decision.case.tasks.find(({ id }) => id === taskId);
  if (!task || !needing.includes(task.kind) || task.status === 'withdrawn') return 'gone';
  if (task.status === 'completed') return 'already';
  if (task.status === 'expired' || isLate(task, decision.at)) return 'late';
  task.status = 'completed';
  task.completedAt = decision.at;
  task.completedBy = decision.by;
  task.sentBack = { kind: 'source-access', remarks };
  task.result = { decision: 'ask-customer' };
  decision.note('access-asked-again', { task: task.id });
  decision.send({ kind: 'task-result', taskId: task.id });
  return 'done';
}
