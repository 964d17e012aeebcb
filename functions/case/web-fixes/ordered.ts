import type { Case } from '../case.ts';
import type { SurveyReport } from '../survey.ts';
import { bySeverity, type FixSeverity } from './effort.ts';
import type { FixRule } from './rules.ts';

/** Findings of the survey that are one line of the quote: those of one name. */
export interface FixOffer {
  /** What the review of the quote posts for it. */
  key: string;
  label: string;
  hours: number;
  /** Of the gravest. */
  severity: FixSeverity;
  rules: FixRule[];
}

/** A quote stays readable: what is beyond these is one line together. */
const mostLines = 40;
const longestName = 80;

/** What the survey found that takes hours: each may become a line of the formal quote (R9). */
export function fixOffers(survey: Pick<SurveyReport, 'findings'> | undefined): FixOffer[] {
  type Gathered = Pick<FixOffer, 'label' | 'severity'> & { hundredths: number; rules: Set<FixRule> };
  const offers = new Map<string, Gathered>();
  for (const { item, hours, rule, severity } of survey?.findings ?? []) {
    if (hours <= 0) continue;
    const name = item.length > longestName ? `${item.slice(0, longestName - 1)}…`.toWellFormed() : item;
    const label = offers.has(name) || offers.size < mostLines - 1 ? name : 'その他の指摘';
    const offer = offers.get(label) ?? { label, severity, hundredths: 0, rules: new Set<FixRule>() };
    offer.hundredths += Math.round(hours * 100);
    if (bySeverity({ severity }, offer) < 0) offer.severity = severity;
    if (rule) offer.rules.add(rule);
    offers.set(label, offer);
  }
  return [...offers.values()].map(({ label, severity, hundredths, rules }, index) => ({
    key: `fix-${index + 1}`,
    label,
    severity,
    hours: hundredths / 100,
    rules: [...rules],
  }));
}

/**
 * What staff chose when they reviewed the quote. Before that what does not run without it, unless the customer wants no
 * fixes: an order is for the whole quote, so that nobody should pay for what staff merely left ticked.
 */
export function chosenOffers(c: Pick<Case, 'survey' | 'forms'>): FixOffer[] {
  const offers = fixOffers(c.survey);
  const review = c.forms['formal-quote-review']?.value;
  if (!review)
    return c.forms['hearing-sheet']?.value.fixesWanted === 'no'
      ? []
      : offers.filter(({ severity }) => severity === 'blocker');
  const chosen = Array.isArray(review.fixes) ? review.fixes : [];
  return offers.filter(({ key }) => chosen.includes(key));
}

/** Rules whose fixes the customer has ordered: none before the order is accepted. */
export function orderedRules(c: Pick<Case, 'survey' | 'forms' | 'stage'>): FixRule[] {
  if (!['ordered', 'migrating', 'checking', 'reworking'].includes(c.stage)) return [];
  return [...new Set(chosenOffers(c).flatMap(({ rules }) => rules))];
}
