import { formatDateTime } from '../calendar.ts';
import { IllegalStepError } from '../errors.ts';
import { oneOf } from '../fields/choices.ts';
import type { Quote } from '../quote.ts';
import type { FormContext } from './context.ts';
import { ask, type Question } from './question.ts';

/** The quote that stands: the latest of its kind. */
export function standingQuote({ c }: Pick<FormContext, 'c'>, kind: Quote['kind']): Quote {
  const quote = c.quotes.findLast((candidate) => candidate.kind === kind);
  if (!quote) throw new IllegalStepError('お申し込みの対象となるお見積もりがありません。');
  return quote;
}

/**
 * Which quote is ordered. What is posted is its hash, so that a page that was opened before a quote was replaced orders
 * nothing else than what it showed.
 */
export function quoteQuestion(quote: Quote): Question<string> {
  const label = `見積番号 ${quote.number}、合計 ${quote.total.toLocaleString('en-US')}円（税込）、有効期限 ${formatDateTime(new Date(quote.validUntil))}`;
  return ask('radio', 'お申し込みのお見積もり', oneOf([quote.sha256]), {
    options: [{ value: quote.sha256, label }],
    help: `お手元のお見積書がこのお申し込みと同じものかは、お見積書の「内容の照合値」で確かめられます：${quote.sha256.slice(0, 16)}`,
  });
}
