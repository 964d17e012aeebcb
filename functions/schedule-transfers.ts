import { onLambda } from './aws/lambda.ts';
import { changeCase } from './case/change-case.ts';
import type { Ports } from './case/ports.ts';
import { scheduleTransfers as schedule } from './case/schedule-transfers.ts';
import { plansAtOnce } from './case/server-load.ts';
import { caseInput } from './case/step-input.ts';

/** Which plans move by themselves, under which execution names, how many of them at once, and when. */
export async function scheduleTransfers(event: unknown, ports: Ports) {
  const { caseId } = caseInput.parse(event);
  const author = { actor: 'system', by: 'schedule-transfers' } as const;
  const { case: c, result } = await changeCase(ports, caseId, author, schedule);
  return { ...result, plansAtOnce: plansAtOnce(c, ports.settings) };
}

export const handler = onLambda(scheduleTransfers);
