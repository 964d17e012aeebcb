import type { Case } from '../case.ts';
import { standingSubmission } from '../confided.ts';
import type { Decision } from '../decision.ts';
import { IllegalStepError } from '../errors.ts';
import type { ScanRequest } from './request.ts';
import type { ScanResult } from './web-fixes.ts';

/** The source can be looked through: access is confided and not erased since, and the work is not over. */
export function mayScan(c: Case): boolean {
  const stages = ['surveying', 'ordered', 'migrating', 'reworking'];
  return (
    c.plans.includes('web') &&
    stages.includes(c.stage) &&
    typeof standingSubmission(c, 'source-access')?.value.confided === 'string'
  );
}

/**
 * A new search (R9); one that is still at work ends without effect. What was approved stays. `known`: how many searches the
 * page knew of; its form, sent twice, begins one. Throws IllegalStepError.
 */
export function beginScan(decision: Decision, request: ScanRequest, known: number): void {
  const c = decision.case;
  if (known < (c.webFixes?.scan ?? 0)) return;
  if (!mayScan(c)) throw new IllegalStepError('移行元に接続できないため、修正箇所を調べられません。');
  const scan = (c.webFixes?.scan ?? 0) + 1;
  c.webFixes = {
    scan,
    request,
    status: 'running',
    by: decision.by,
    startedAt: decision.at,
    approvals: c.webFixes?.approvals ?? [],
  };
  decision.note('fix-scan-started', { scan });
  const name = `${c.id}-web-scan-${scan}`;
  decision.send({ kind: 'flow', flow: 'web-scan', name, input: { caseId: c.id, scan } });
}

/** The end of a scan. Of one that was overtaken, or recorded before, nothing is kept. */
export function recordScan(
  decision: Decision,
  scan: number,
  end: ScanResult | { problem: string | undefined },
): void {
  const fixes = decision.case.webFixes;
  if (fixes?.scan !== scan || fixes.status !== 'running') return;
  fixes.finishedAt = decision.at;
  if ('problem' in end) {
    fixes.status = 'failed';
    fixes.problem =
      end.problem ?? '修正箇所の調査が途中で止まりました。何も変更していません。もう一度調べてください。';
    decision.note('fix-scan-failed', { scan });
    return;
  }
  fixes.status = 'done';
  fixes.result = end;
  decision.note('fix-scan-done', { scan, findings: end.findings, rules: end.rules });
}

const mostApprovals = 300;

/** An approval that is in the records counts from now on (R9); the engineer's name and the time are in it. */
export function approveFixes(
  decision: Decision,
  scan: number,
  approval: string,
  counts: { files: number; withdrawn: number },
): void {
  const fixes = decision.case.webFixes;
  if (fixes?.scan !== scan || fixes.status !== 'done')
    throw new IllegalStepError(
      '修正箇所が調べ直されています。画面を開き直し、差分をもう一度ご確認ください。',
    );
  if (fixes.approvals.includes(approval)) return;
  if (fixes.approvals.length >= mostApprovals)
    throw new IllegalStepError('承認の回数が多すぎます。残りは手作業で修正してください。');
  fixes.approvals.push(approval);
  decision.note('fixes-approved', { scan, ...counts });
}
