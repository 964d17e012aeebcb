import { TerminalError, TransientError } from '../../case/errors.ts';
import { timeIsShort } from '../job.ts';
import { readPlan } from '../plan-chunks.ts';
import { readSummary, type TransferVerified, transferVerified } from '../summary.ts';
import { Verification } from '../verification.ts';
import { Claim, lastClaim } from './claim.ts';
import type { MailJob } from './job.ts';
import * as keys from './keys.ts';
import { VerifySession } from './verify-session.ts';

/**
 * Reads the target again and compares it with what was recorded: counts, sizes, flags, dates, and contents as the access
 * says; what is missing is moved once more, what two runs stored twice is removed. Ends with ledger, report and summary
 * below `records/`. Throws TransientError, RetryAfterError or TerminalError; calling again goes on.
 */
export async function verifyMail(job: MailJob): Promise<TransferVerified> {
  const finished = await readSummary(job.objects, job);
  if (finished) return transferVerified(finished);
  const plan = await readPlan(job);
  if (!plan)
    throw new TerminalError('一覧の記録がないため照合できません。移行を最初からやり直してください。');
  const verification = await Verification.begin(job, plan);
  const claims = keys.claims(job, plan.id, 'verify');
  const claim = await Claim.take(job.objects, claims, await lastClaim(job.objects, claims), {});
  const session = new VerifySession(job, plan.id, verification, async () => {
    if (await claim.isMine()) return;
    throw new TransientError(
      '同じ照合が別に始まったため、こちらは中断しました。照合済みの分は保持されています。',
    );
  });
  try {
    while (verification.state.chunk < plan.chunks) {
      if (timeIsShort(job)) return { more: true, objects: verification.state.counts.objects };
      await session.verify(verification.state.chunk);
    }
    await session.endAccount();
    return transferVerified(await verification.conclude(session.remarks));
  } finally {
    await session.close();
  }
}
