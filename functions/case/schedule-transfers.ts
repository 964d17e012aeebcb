import type { Case, Plan, Submission } from './case.ts';
import type { Decision } from './decision.ts';

/**
 * The plans of a case that move by themselves: all but a Cybozu of another kind, or between versions, which the engineer
 * moves by hand, says so with the details, and shows in the sign-off.
 */
export function movedByEngine({ plans, forms }: Pick<Case, 'plans' | 'forms'>): Plan[] {
  const byHand = forms['migration-details']?.value.cybozuBy !== 'engine';
  return plans.filter((plan) => plan !== 'cybozu' || !byHand);
}

export interface ScheduledTransfers {
  startsAt: string;
  transfers: { name: string; input: { caseId: string; plan: Plan; run: number } }[];
}

/**
 * The next transfer of each plan and its time. A run that was not finished goes on under its own number, so that nothing
 * is read twice; after a finished one a new run moves only what has changed since.
 */
export function scheduleTransfers(decision: Decision): ScheduledTransfers {
  const c = decision.case;
  decision.advance('begin-migration');
  const attempt = (c.runs.transfer ?? 0) + 1;
  c.runs.transfer = attempt;
  const transfers = movedByEngine(c).map((plan) => ({
    name: `${c.id}-transfer-${plan}-${attempt}`,
    input: { caseId: c.id, plan, run: finishedRun(c, plan) + 1 },
  }));
  return { startsAt: startsAt(c) ?? decision.at, transfers };
}

/** The number of the last run whose summary the case has; 0 for none. */
export function finishedRun(c: Case, plan: Plan): number {
  return Math.max(0, ...c.transfers.filter((summary) => summary.plan === plan).map((summary) => summary.run));
}

/** The date that was agreed last (R36); none when the engineer wants it tried again, or run once more, at once. */
function startsAt(c: Case): string | undefined {
  const latest = latestAgreement(c);
  const agreed = latest === c.forms['migration-details'] || latest?.value.decision === 'postpone';
  return agreed && latest?.value.startsAt ? new Date(String(latest.value.startsAt)).toISOString() : undefined;
}

/** When the agreed hours are over; none once an engineer has gone on by their own decision. */
export function windowEndsAt(c: Case): Date | undefined {
  const details = c.forms['migration-details'];
  if (!details?.value.windowEndsAt || latestAgreement(c) !== details) return undefined;
  return new Date(String(details.value.windowEndsAt));
}

function latestAgreement(c: Case): Submission | undefined {
  const { forms } = c;
  return [forms['migration-details'], forms['transfer-problem'], forms['migration-sign-off']]
    .filter((submission) => submission !== undefined)
    .sort((a, b) => (a.at < b.at ? -1 : 1))
    .at(-1);
}
