import { onLambda } from './aws/lambda.ts';
import { eraseCaseData } from './case/erase.ts';
import type { Ports } from './case/ports.ts';
import { caseInput } from './case/step-input.ts';

/** R15: the survey may end in our declining. The customer is told why, and what was confided is erased. */
export async function declineCase(event: unknown, ports: Ports) {
  await eraseCaseData(ports, caseInput.parse(event).caseId, 'declined', (decision) => {
    if (decision.case.stage === 'declined') return;
    decision.advance('decline');
    decision.send({ kind: 'mail', letter: 'declined', to: 'customer' });
    decision.send({ kind: 'event', type: 'CaseDeclined', detail: { caseId: decision.case.id } });
  });
  return {};
}

export const handler = onLambda(declineCase);
