import { onLambda } from './aws/lambda.ts';
import { eraseCaseData } from './case/erase.ts';
import type { Ports } from './case/ports.ts';
import { caseInput } from './case/step-input.ts';

/** Staff gave the case up before an order was accepted. What was confided is erased (R24), the customer is told. */
export async function closeCase(event: unknown, ports: Ports) {
  await eraseCaseData(ports, caseInput.parse(event).caseId, 'closed', (decision) => {
    if (decision.case.stage === 'closed') return;
    decision.advance('close');
    for (const task of decision.case.tasks) if (task.status === 'open') task.status = 'withdrawn';
    decision.send({ kind: 'mail', letter: 'closed', to: 'customer' });
  });
  return {};
}

export const handler = onLambda(closeCase);
