import { beginFlow } from './begin-flow.ts';
import type { Case, Plan } from './case.ts';
import type { Decision } from './decision.ts';
import { InvalidInputError } from './errors.ts';
import type { Quote } from './quote.ts';
import type { SurveyReport } from './survey.ts';
import type { TaskKind } from './tasks.ts';

/** What follows from a form within the case; returns the small facts that the workflow is told. */
type Outcome = (decision: Decision, value: Record<string, unknown>) => Record<string, unknown>;

const nothing: Outcome = () => ({});
const decided: Outcome = (_, value) => ({ decision: value.decision });

export const outcomes: Record<TaskKind, Outcome> = {
  'hearing-sheet': ({ case: c }, value) => {
    c.plans = value.plans as Plan[];
    return {};
  },
  'hearing-sheet-review': ({ case: c }, value) => {
    const sheet = c.forms['hearing-sheet']?.value;
    if (value.decision === 'accepted' && sheet) c.customer = { ...c.customer, ...correctedBy(sheet) };
    return { decision: value.decision };
  },
  consultation: ({ case: c }, value) => {
    if (value.decision === 'continue') c.plans = value.plans as Plan[];
    return { decision: value.decision };
  },
  'formal-quote-request': (decision) => {
    beginFlow(decision, 'formal-quote');
    return {};
  },
  consent: nothing,
  'consent-review': (decision, value) => {
    if (value.decision === 'accepted') decision.advance('accept-consent');
    return { decision: value.decision };
  },
  'source-access': nothing,
  survey: (decision, value) => {
    decision.case.survey = value as unknown as SurveyReport;
    decision.advance('close-survey');
    // The form would repeat the report that the case now has.
    delete decision.case.forms.survey;
    return { decision: 'reported', feasible: value.feasible };
  },
  'formal-quote-review': decided,
  order: (decision, value) => {
    standingQuote(decision, 'formal', value);
    decision.advance('receive-order');
    return {};
  },
  'order-review': (decision, value) => {
    decision.advance(value.decision === 'accepted' ? 'accept-order' : 'return-order');
    if (value.decision === 'accepted') decision.send({ kind: 'mail', letter: 'accepted', to: 'customer' });
    return { decision: value.decision };
  },
  'migration-details': (decision) => {
    decision.send({ kind: 'mail', letter: 'migration-scheduled', to: 'customer' });
    return { decision: 'arranged' };
  },
  'transfer-problem': decided,
  'migration-sign-off': (decision, value) => {
    if (value.decision === 'complete') decision.advance('sign-off');
    return { decision: value.decision };
  },
  acceptance: nothing,
  'acceptance-review': (decision, value) => {
    const passed = decision.case.forms.acceptance?.value.passed === true;
    if (value.decision === 'accepted') decision.advance(passed ? 'complete' : 'fail-check');
    return { decision: value.decision, passed };
  },
  'rework-assessment': (_, value) => ({ scope: value.scope }),
  'extra-order': (decision, value) => {
    const { number } = standingQuote(decision, 'extra', value);
    if (value.decision === 'refuse') decision.advance('resume-check');
    return { decision: value.decision, quote: number };
  },
  escalation: (_, value) => ({
    decision: value.decision,
    ...(value.decision === 'extend' && { days: value.days }),
  }),
};

/** The quote that was on the page must be the one that stands. Throws InvalidInputError: the person looks again. */
function standingQuote(decision: Decision, kind: Quote['kind'], value: Record<string, unknown>): Quote {
  const quote = decision.case.quotes.findLast((candidate) => candidate.kind === kind);
  if (!quote || value.quoteSha256 !== quote.sha256) {
    throw new InvalidInputError('お見積もりが改訂されています。', {
      '': '最新のお見積もりをご確認のうえ、もう一度お申し込みください。',
    });
  }
  return quote;
}

/**
 * What customers know better than whoever opened the case: a quote is addressed as they write themselves. Not the mail
 * address: mails go where they have arrived so far.
 */
function correctedBy({
  company,
  person,
  contractNumber,
}: Record<string, unknown>): Partial<Case['customer']> {
  if (typeof person !== 'string' || typeof contractNumber !== 'string') return {};
  return { company: typeof company === 'string' ? company : '', person, contractNumber };
}
