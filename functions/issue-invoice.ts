import { onLambda } from './aws/lambda.ts';
import { changeCase } from './case/change-case.ts';
import { invoiceFor } from './case/invoice.ts';
import type { Ports } from './case/ports.ts';
import { caseInput } from './case/step-input.ts';

/** Bills once: the invoice's id is the case's, its event leaves with the transaction that marks the case as invoiced (R38). */
export async function issueInvoice(event: unknown, ports: Ports) {
  const { caseId } = caseInput.parse(event);
  await changeCase(ports, caseId, { actor: 'system', by: 'issue-invoice' }, (decision) => {
    if (decision.case.stage === 'invoiced') return;
    const invoice = invoiceFor(decision.case, ports.settings, new Date(decision.at));
    decision.case.invoice = invoice;
    decision.advance('invoice');
    decision.note('invoice-issued', { invoiceId: invoice.invoiceId, total: invoice.total });
    decision.send({ kind: 'event', type: 'InvoiceIssued', detail: { ...invoice } });
    decision.send({ kind: 'mail', letter: 'completed', to: 'customer' });
    decision.send({ kind: 'mail', letter: 'invoice-issued', to: 'finance', about: invoice.invoiceId });
  });
  return {};
}

export const handler = onLambda(issueInvoice);
