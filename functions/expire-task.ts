import { onLambda } from './aws/lambda.ts';
import { changeCase } from './case/change-case.ts';
import { expireTask as expire } from './case/expire-task.ts';
import type { Ports } from './case/ports.ts';
import { taskVisit } from './case/step-input.ts';
import { nextGeneration, taskDueAt } from './case/task-deadline.ts';

/** A wait has run out: the form that came in time after all, or what the escalation to staff needs to open. */
export async function expireTask(event: unknown, ports: Ports) {
  const { caseId, task, generation } = taskVisit.parse(event);
  const { case: c, result } = await changeCase(
    ports,
    caseId,
    { actor: 'system', by: 'expire-task' },
    (decision) => expire(decision, task, generation),
  );
  const dueAt = taskDueAt(c, 'escalation', ports.clock.now(), ports.settings).toISOString();
  return { ...result, escalation: { generation: nextGeneration(c, 'escalation'), dueAt } };
}

export const handler = onLambda(expireTask);
