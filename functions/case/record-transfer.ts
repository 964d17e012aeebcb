import type { Plan, TransferProblem, TransferSummary } from './case.ts';
import type { Decision } from './decision.ts';

/** A transfer's end as the workflow sees it. `problem`: an engineer must look before anything goes on. */
export type TransferOutcome = 'verified' | 'problem';

/** Enters counts and ledger. Objects that nobody can account for are a problem: zero is the definition of done. */
export function recordSummary(decision: Decision, summary: TransferSummary): TransferOutcome {
  const { transfers } = decision.case;
  if (summary.unexplained > 0) {
    const message = `移行元と移行先で説明のつかないデータが ${summary.unexplained} 件あります。照合結果をご確認のうえ、再実行してください。`;
    const { plan, run } = summary;
    return recordProblem(decision, { plan, run, error: 'UnexplainedObjects', message });
  }
  const known = transfers.findIndex(({ plan, run }) => plan === summary.plan && run === summary.run);
  if (known >= 0) transfers[known] = summary;
  else transfers.push(summary);
  decision.case.problems = decision.case.problems.filter(({ plan }) => plan !== summary.plan);
  const { plan, run, objects, moved, altered, skipped, unchanged } = summary;
  decision.note('transfer-verified', { plan, run, objects, moved, altered, skipped, unchanged });
  return 'verified';
}

/** The name of the one problem that outlives the work: a source that its users cannot use until a file is deleted there. */
export const sourceStillClosed = 'SourceStillClosed';

/** Before what was confided is erased: from then on the case alone knows of it. Engineer and staff are told, once. */
export function recordStillClosed(decision: Decision, plan: Plan, run: number, message: string): void {
  if (isStillClosed(decision.case.problems, plan)) return;
  recordProblem(decision, { plan, run, error: sourceStillClosed, message });
  for (const to of ['engineer', 'staff'] as const)
    decision.send({ kind: 'mail', letter: 'source-still-closed', to });
}

export function isStillClosed(problems: readonly TransferProblem[], of: Plan): boolean {
  return problems.some(({ plan, error }) => plan === of && error === sourceStillClosed);
}

export function recordProblem(decision: Decision, problem: Omit<TransferProblem, 'at'>): TransferOutcome {
  const { problems } = decision.case;
  decision.case.problems = [
    ...problems.filter(({ plan }) => plan !== problem.plan),
    { ...problem, at: decision.at },
  ];
  decision.note('transfer-problem', { plan: problem.plan, run: problem.run, error: problem.error });
  return 'problem';
}
