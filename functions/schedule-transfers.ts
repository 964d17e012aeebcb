import { onLambda } from './aws/lambda.ts';
import { changeCase } from './case/change-case.ts';
import type { Ports } from './case/ports.ts';
import { scheduleTransfers as schedule } from './case/schedule-transfers.ts';
import { caseInput } from './case/step-input.ts';

/** Which plans move by themselves, under which execution names, and when. */
export async function scheduleTransfers(event: unknown, ports: Ports) {
  const { caseId } = caseInput.parse(event);
  const author = { actor: 'system', by: 'schedule-transfers' } as const;
  const { result } = await changeCase(ports, caseId, author, schedule);
  return result;
}

export const handler = onLambda(scheduleTransfers);
