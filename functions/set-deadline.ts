import { onLambda } from './aws/lambda.ts';
import type { Ports } from './case/ports.ts';
import { NotFoundError } from './case/ports.ts';
import { taskInput } from './case/step-input.ts';
import { nextGeneration, taskDueAt } from './case/task-deadline.ts';

/**
 * When the step that comes next is due. The wait runs one second longer than the deadline: a form handed in at the last
 * instant is on its way by then, and the record, not the timer, says whether it was in time (expire-task).
 */
export async function setDeadline(event: unknown, ports: Ports) {
  const { caseId, task } = taskInput.parse(event);
  const c = await ports.records.load(caseId);
  if (!c) throw new NotFoundError(`案件 ${caseId} はありません。`);
  const now = ports.clock.now();
  const dueAt = taskDueAt(c, task, now, ports.settings);
  return {
    generation: nextGeneration(c, task),
    dueAt: dueAt.toISOString(),
    timeoutSeconds: Math.ceil((dueAt.getTime() - now.getTime()) / 1000) + 1,
  };
}

export const handler = onLambda(setDeadline);
