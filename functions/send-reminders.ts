import { onLambda } from './aws/lambda.ts';
import { changeCase } from './case/change-case.ts';
import type { Ports } from './case/ports.ts';
import { remind } from './case/reminders.ts';

const batch = 50;

/**
 * The scheduled sweep over cases with a reminder that is due, each case once. A case that fails keeps no other waiting;
 * its error is thrown when the rest is done.
 */
export async function sendReminders(_event: unknown, ports: Ports) {
  // The index of what is due lags behind: a case may come back right after its reminder.
  const seen = new Set<string>();
  const failures: unknown[] = [];
  while (ports.remaining() > 5_000) {
    const found = await ports.records.remindable(ports.clock.now(), batch + seen.size);
    const due = found.filter((caseId) => !seen.has(caseId));
    if (due.length === 0) break;
    for (const caseId of due) {
      seen.add(caseId);
      await changeCase(ports, caseId, { actor: 'system', by: 'send-reminders' }, (decision) =>
        remind(decision, ports.settings),
      ).catch((error: unknown) => failures.push(error));
    }
  }
  if (failures.length > 0) throw failures[0];
  return { cases: seen.size };
}

export const handler = onLambda(sendReminders);
