import { onLambda } from './aws/lambda.ts';
import { changeCase } from './case/change-case.ts';
import type { Ports } from './case/ports.ts';
import { remind } from './case/reminders.ts';

/** The scheduled sweep over cases with a reminder that is due. */
export async function sendReminders(_event: unknown, ports: Ports) {
  let cases = 0;
  while (ports.remaining() > 5_000) {
    const due = await ports.records.remindable(ports.clock.now(), 50);
    if (due.length === 0) break;
    for (const caseId of due) {
      await changeCase(ports, caseId, { actor: 'system', by: 'send-reminders' }, (decision) =>
        remind(decision, ports.settings),
      );
    }
    cases += due.length;
  }
  return { cases };
}

export const handler = onLambda(sendReminders);
