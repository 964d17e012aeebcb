import { onLambda } from './aws/lambda.ts';
import { changeCase } from './case/change-case.ts';
import type { Ports } from './case/ports.ts';
import { presentSimpleQuote } from './case/present-quote.ts';
import { caseInput } from './case/step-input.ts';

/** Presents the simple quote; `consultation`: staff must talk with the customer first. */
export async function calculateSimpleQuote(event: unknown, ports: Ports) {
  const author = { actor: 'system', by: 'calculate-simple-quote' } as const;
  const { caseId } = caseInput.parse(event);
  const { result } = await changeCase(ports, caseId, author, (decision) =>
    presentSimpleQuote(decision, ports.settings),
  );
  return { outcome: result };
}

export const handler = onLambda(calculateSimpleQuote);
