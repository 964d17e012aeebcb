import type { Case } from './case.ts';
import { customerName } from './customer-name.ts';
import { isEnded } from './lifecycle.ts';
import type { CaseSummary } from './ports.ts';
import { tasks } from './tasks.ts';

/**
 * The line of a list of cases. A case waits for whoever has the open task that is due first; without an open task the
 * workflow itself is at work (`system`), or nothing is to come (`nobody`).
 */
export function summaryOf(one: Case): CaseSummary {
  const first = one.tasks
    .filter((task) => task.status === 'open')
    .sort((a, b) => Date.parse(a.dueAt) - Date.parse(b.dueAt))[0];
  return {
    id: one.id,
    stage: one.stage,
    company: customerName(one.customer),
    waitingFor: first ? tasks[first.kind].actor : isEnded(one) ? 'nobody' : 'system',
    ...(first && { dueAt: first.dueAt }),
    updatedAt: one.updatedAt,
  };
}
