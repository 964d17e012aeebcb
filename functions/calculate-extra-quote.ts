import { onLambda } from './aws/lambda.ts';
import { changeCase } from './case/change-case.ts';
import type { Ports } from './case/ports.ts';
import { presentExtraQuote } from './case/present-quote.ts';
import { caseInput } from './case/step-input.ts';

/** Presents a quote for work outside the formal one (R17). */
export async function calculateExtraQuote(event: unknown, ports: Ports) {
  const author = { actor: 'system', by: 'calculate-extra-quote' } as const;
  const { caseId } = caseInput.parse(event);
  await changeCase(ports, caseId, author, (decision) => presentExtraQuote(decision, ports.settings));
  return {};
}

export const handler = onLambda(calculateExtraQuote);
