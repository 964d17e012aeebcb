import type { Decision } from './decision.ts';
import { latestTask } from './open-task.ts';
import { type TaskKind, tasks } from './tasks.ts';

/**
 * The workflow's wait for a step has run out. The record decides: a form handed in in time counts although its delivery
 * was late; otherwise the step has expired and its link is dead. Running it twice changes nothing.
 */
export function expireTask(
  decision: Decision,
  kind: TaskKind,
): { completed: boolean } & Record<string, unknown> {
  const task = latestTask(decision.case, kind);
  if (task?.status === 'completed') {
    if (!task.delivered) {
      task.delivered = true;
      decision.note('late-result-taken', { task: task.id });
    }
    return { ...task.result, completed: true };
  }
  if (task?.status === 'open') {
    task.status = 'expired';
    decision.note('task-expired', { task: task.id, dueAt: task.dueAt });
    // A simple quote lapses without a word; every other deadline matters to its customer.
    if (tasks[kind].actor === 'customer' && kind !== 'formal-quote-request') {
      decision.send({ kind: 'mail', letter: 'task-expired', to: 'customer', taskId: task.id });
    }
  }
  return { completed: false };
}
