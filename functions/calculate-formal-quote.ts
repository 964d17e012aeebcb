import { onLambda } from './aws/lambda.ts';
import { changeCase } from './case/change-case.ts';
import type { Ports } from './case/ports.ts';
import { presentFormalQuote } from './case/present-quote.ts';
import { caseInput } from './case/step-input.ts';

/** Presents the formal quote that staff approved and starts the order flow. */
export async function calculateFormalQuote(event: unknown, ports: Ports) {
  const author = { actor: 'system', by: 'calculate-formal-quote' } as const;
  const { caseId } = caseInput.parse(event);
  await changeCase(ports, caseId, author, (decision) => presentFormalQuote(decision, ports.settings));
  return {};
}

export const handler = onLambda(calculateFormalQuote);
