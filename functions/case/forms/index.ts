import type { Case } from '../case.ts';
import { IllegalStepError } from '../errors.ts';
import type { Settings } from '../settings.ts';
import type { TaskKind } from '../tasks.ts';
import { acceptance } from './acceptance.ts';
import { consent } from './consent.ts';
import { consultation } from './consultation.ts';
import type { CaseForm, FormContext } from './context.ts';
import { escalation } from './escalation.ts';
import { extraOrder } from './extra-order.ts';
import { formalQuoteRequest } from './formal-quote-request.ts';
import { formalQuoteReview } from './formal-quote-review.ts';
import { hearingSheet } from './hearing-sheet.ts';
import { migrationDetails } from './migration-details.ts';
import { migrationSignOff } from './migration-sign-off.ts';
import { order } from './order.ts';
import { review } from './review.ts';
import { reworkAssessment } from './rework-assessment.ts';
import { sourceAccess } from './source-access.ts';
import { transferProblem } from './transfer-problem.ts';

export { newCaseForm } from './new-case.ts';
export { splitSecrets } from './secrets.ts';

const forms: Record<Exclude<TaskKind, 'survey'>, (context: FormContext) => CaseForm> = {
  'hearing-sheet': hearingSheet,
  'hearing-sheet-review': () => review('hearing-sheet-review'),
  consultation,
  'formal-quote-request': formalQuoteRequest,
  consent,
  'consent-review': () => review('consent-review'),
  'source-access': sourceAccess,
  'formal-quote-review': formalQuoteReview,
  order,
  'order-review': () => review('order-review'),
  'migration-details': migrationDetails,
  'transfer-problem': transferProblem,
  'migration-sign-off': migrationSignOff,
  acceptance,
  'acceptance-review': () => review('acceptance-review'),
  'rework-assessment': reworkAssessment,
  'extra-order': extraOrder,
  escalation,
};

/**
 * The form of a human step. `now` decides which days are past and which quote is still valid. Throws IllegalStepError
 * for the survey, which a file completes, and for an order without a quote.
 */
export function formFor(kind: TaskKind, c: Case, settings: Settings, now: Date): CaseForm {
  if (kind === 'survey') throw new IllegalStepError('環境調査は、報告ファイルの提出で完了します。');
  return forms[kind]({ c, settings, now });
}
