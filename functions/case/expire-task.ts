import type { Decision } from './decision.ts';
import { type TaskKind, tasks } from './tasks.ts';

/**
 * The workflow's wait for a step has run out. The record decides: a form handed in in time counts although its delivery
 * was late; otherwise the step has expired and its link is dead. Running it twice changes nothing.
 */
export function expireTask(
  decision: Decision,
  kind: TaskKind,
  generation: number,
): { completed: boolean } & Record<string, unknown> {
  const task = decision.case.tasks.find((candidate) => candidate.id === `${kind}.${generation}`);
  if (task?.status === 'completed') return { ...task.result, completed: true };
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
