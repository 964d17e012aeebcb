import { beginFlow } from './begin-flow.ts';
import type { Case } from './case.ts';
import type { Decision } from './decision.ts';
import { extraQuote, formalQuote, simpleQuote } from './make-quote.ts';
import type { Quote } from './quote.ts';
import type { Settings } from './settings.ts';

/** R27, R28: the simple quote from the hearing sheet, or the reason why staff talk with the customer first (R11). */
export function presentSimpleQuote(decision: Decision, settings: Settings): 'quoted' | 'consultation' {
  const c = decision.case;
  if (quotesOf(c, 'simple') > 0) return 'quoted';
  if (c.stage === 'consulting' && !c.forms.consultation) return 'consultation';
  const quote = simpleQuote({ c, settings, now: new Date(decision.at) });
  if ('consultation' in quote) {
    decision.advance('consult');
    decision.note('consultation-needed', { reason: quote.consultation });
    return 'consultation';
  }
  add(decision, quote);
  decision.advance('present-simple-quote');
  return 'quoted';
}

/** R31: the formal quote as staff approved it. It says how to order, and the order flow begins (R32). */
export function presentFormalQuote(decision: Decision, settings: Settings): void {
  const c = decision.case;
  // Not by the stage: the order flow goes on by itself, and the case may be anywhere when this runs again.
  if (quotesOf(c, 'formal') > 0) return;
  const review = c.forms['formal-quote-review']?.value ?? {};
  const additions = {
    extraHours: Number(review.extraHours ?? 0),
    extraLabel: String(review.extraLabel || '追加作業'),
  };
  add(decision, formalQuote({ c, settings, now: new Date(decision.at), additions }));
  decision.advance('present-formal-quote');
  beginFlow(decision, 'order');
}

/** R17: work outside the quote, from the engineer's assessment. */
export function presentExtraQuote(decision: Decision, settings: Settings): void {
  const c = decision.case;
  const assessment = c.forms['rework-assessment'];
  const assessed = c.tasks.filter(
    ({ kind, result }) => kind === 'rework-assessment' && result?.scope === 'out',
  );
  if (!assessment || quotesOf(c, 'extra') >= assessed.length) return;
  const work = { description: String(assessment.value.description), hours: Number(assessment.value.hours) };
  add(decision, extraQuote({ c, settings, now: new Date(decision.at), work }));
}

function quotesOf(c: Case, kind: Quote['kind']): number {
  return c.quotes.filter((quote) => quote.kind === kind).length;
}

function add(decision: Decision, quote: Quote): void {
  decision.case.quotes.push(quote);
  decision.note('quote-issued', { number: quote.number, total: quote.total, rules: quote.rules });
}
