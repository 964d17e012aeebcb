import { dayOf } from './calendar.ts';
import type { Case } from './case.ts';
import { IllegalStepError } from './errors.ts';
import { type Quote, type QuoteLine, recipientOf, type TaxTotal } from './quote.ts';
import type { Settings } from './settings.ts';
import { taxTotals, totalOf } from './tax.ts';

/** What a qualified invoice must hold (消費税法 57条の4), and what finance needs to find the case. */
export interface Invoice {
  /** One per case, derived from its reference: however often it is issued, it is the same invoice. */
  invoiceId: string;
  caseId: string;
  issuedOn: string;
  /** The day (JST) on which the certificate was received: with it the work is complete (R16). */
  deliveredOn: string;
  /** The day (JST) on which the partner found the certificate complete (R38). */
  acceptedOn: string;
  issuer: Settings['issuer'];
  /** With 御中 or 様. */
  recipient: string;
  billing: { postalCode?: string; address?: string; department?: string; person?: string; phone?: string };
  /** What was delivered, in one line. */
  content: string;
  quotes: string[];
  lines: QuoteLine[];
  /** Base and tax by rate: rounded once per rate over all quotes together, so it may differ from their sum by a yen. */
  taxes: TaxTotal[];
  total: number;
  rules: string;
  sample: boolean;
}

export function invoiceIdOf(caseId: string): string {
  return `INV-${caseId}`;
}

/**
 * The bill (R38): the ordered formal quote and every extra quote that was ordered. Throws IllegalStepError before the
 * acceptance is complete: nothing is billed by silence.
 */
export function invoiceFor(c: Case, settings: Settings, now: Date): Invoice {
  const received = c.forms.acceptance;
  const accepted = c.forms['acceptance-review'];
  const passed = received?.value.passed === true && accepted?.value.decision === 'accepted';
  if (!received || !accepted || !passed || !['completed', 'invoiced'].includes(c.stage)) {
    throw new IllegalStepError('検収が完了していないため、請求書は発行できません。');
  }
  const quotes = orderedQuotes(c);
  const lines = quotes.flatMap((quote) => quote.lines);
  const taxes = taxTotals(lines);
  const order = c.forms.order?.value ?? {};
  return {
    invoiceId: invoiceIdOf(c.id),
    caseId: c.id,
    issuedOn: dayOf(now),
    deliveredOn: dayOf(new Date(received.at)),
    acceptedOn: dayOf(new Date(accepted.at)),
    issuer: settings.issuer,
    recipient: recipientOf({
      company: typed(order.billingCompany) ?? '',
      person: typed(order.billingPerson) ?? c.customer.person,
    }),
    billing: billingOf(order),
    content: `データ移行支援オプション 一式（${c.id}）`,
    quotes: quotes.map((quote) => quote.number),
    lines,
    taxes,
    total: totalOf(taxes),
    rules: settings.version,
    sample: settings.sample,
  };
}

/** The quotes that the customer ordered, formal first. Throws when a record of an order leads to none. */
export function orderedQuotes(c: Pick<Case, 'forms' | 'quotes' | 'tasks'>): Quote[] {
  const sealed = c.forms.order?.value.quoteSha256;
  const formal = c.quotes.find((quote) => quote.kind === 'formal' && quote.sha256 === sealed);
  if (!formal) throw new IllegalStepError('お申し込みの対象となった正式お見積もりが見つかりません。');
  const extras = new Set<Quote>();
  for (const task of c.tasks) {
    if (task.kind !== 'extra-order' || task.status !== 'completed' || task.result?.decision !== 'order')
      continue;
    const extra = c.quotes.find((quote) => quote.kind === 'extra' && quote.number === task.result?.quote);
    if (!extra) throw new IllegalStepError('お申し込みの対象となった追加お見積もりが見つかりません。');
    extras.add(extra);
  }
  return [formal, ...extras];
}

function billingOf(order: Record<string, unknown>): Invoice['billing'] {
  const pairs = [
    ['postalCode', order.billingPostalCode],
    ['address', order.billingAddress],
    ['department', order.billingDepartment],
    ['person', order.billingPerson],
    ['phone', order.billingPhone],
  ] as const;
  return Object.fromEntries(pairs.filter(([, value]) => typed(value)));
}

function typed(value: unknown): string | undefined {
  return typeof value === 'string' && value ? value : undefined;
}
