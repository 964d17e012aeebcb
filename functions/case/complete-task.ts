import type { Actor, Task } from './case.ts';
import type { Decision } from './decision.ts';
import { outcomes } from './outcomes.ts';
import { type TaskKind, tasks } from './tasks.ts';

export interface Completion {
  taskId: string;
  actor: Actor;
  by: string;
  /** Network address that the form came from: part of a consent (requirements.md, 同意書). */
  address?: string;
  /** Valid by its form's schema; secrets are already in the vault and not part of it. */
  value: Record<string, unknown>;
}

/** `done`: this call did it. `already`: somebody did before. `late`: after the deadline. `gone`: withdrawn or unknown. */
export type CompletionStatus = 'done' | 'already' | 'late' | 'gone';

/**
 * Hands in a form: closes the task, keeps the form, does what follows from it, and queues the result for the workflow.
 * Whoever comes second, or late, changes nothing.
 */
export function completeTask(decision: Decision, completion: Completion): CompletionStatus {
  const task = decision.case.tasks.find((candidate) => candidate.id === completion.taskId);
  if (!task || !mayComplete(task.kind, completion.actor)) return 'gone';
  if (task.status === 'completed') return 'already';
  if (task.status === 'withdrawn') return 'gone';
  if (task.status === 'expired' || isLate(task, decision.at)) return 'late';

  decision.case.forms[task.kind] = {
    taskId: task.id,
    at: decision.at,
    by: completion.by,
    ...(completion.address && { address: completion.address }),
    value: completion.value,
  };
  task.status = 'completed';
  task.completedAt = decision.at;
  task.completedBy = completion.by;
  decision.note('task-completed', { task: task.id });
  task.result = outcomes[task.kind](decision, completion.value);
  decision.send({ kind: 'task-result', taskId: task.id });
  if (tasks[task.kind].actor === 'customer') {
    decision.send({ kind: 'mail', letter: 'received', to: 'customer', taskId: task.id });
  }
  return 'done';
}

/** An escalation is the last resort: it is never too late for it. Its deadline only reminds. */
export function isLate(task: Pick<Task, 'kind' | 'dueAt'>, at: string): boolean {
  return task.kind !== 'escalation' && at > task.dueAt;
}

/** Staff may take down over the telephone that the customer wants the formal quote: it commits to nothing. */
function mayComplete(kind: TaskKind, actor: Actor): boolean {
  return actor === tasks[kind].actor || (kind === 'formal-quote-request' && actor === 'staff');
}
