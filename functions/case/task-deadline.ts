import type { Case } from './case.ts';
import { dueAt } from './deadlines.ts';
import { latestTask } from './open-task.ts';
import type { Quote } from './quote.ts';
import type { Settings } from './settings.ts';
import type { TaskKind } from './tasks.ts';

/** Steps that are open as long as the quote that they answer is valid. */
const answers: Partial<Record<TaskKind, Quote['kind']>> = {
  'formal-quote-request': 'simple',
  order: 'formal',
  'extra-order': 'extra',
};

/** The number of the generation that opens when the workflow comes to this step now. */
export function nextGeneration(c: Case, kind: TaskKind): number {
  return (latestTask(c, kind)?.generation ?? 0) + 1;
}

/**
 * When the step is due if it opens now: what staff granted after the last generation expired, else the validity of the
 * quote that it answers, else its rule in the settings (R37 and the other deadlines).
 */
export function taskDueAt(c: Case, kind: TaskKind, now: Date, settings: Settings): Date {
  const granted = grantedDays(c, kind);
  if (granted) return dueAt({ days: granted, rollToBusinessDay: false, remindAfterDays: [] }, now);
  const quote = c.quotes.findLast((candidate) => candidate.kind === answers[kind]);
  if (quote && quote.validUntil > now.toISOString()) return new Date(quote.validUntil);
  return dueAt(settings.deadlines[kind], now);
}

/** Days of the extension that an escalation about the latest, expired generation of this step ended with. */
function grantedDays(c: Case, kind: TaskKind): number | undefined {
  const latest = latestTask(c, kind);
  if (latest?.status !== 'expired') return undefined;
  const escalation = c.tasks.findLast((task) => task.kind === 'escalation' && task.facts?.about === kind);
  if (!escalation?.completedAt || escalation.openedAt < latest.dueAt) return undefined;
  return Number(escalation.result?.days) || undefined;
}
