import { TerminalError } from '../../case/errors.ts';
import { readForecast } from '../forecast.ts';
import { timeIsShort } from '../job.ts';
import { linesOfChunk } from '../ledger.ts';
import type { ObjectLine } from '../object-line.ts';
import { type Plan, readPlan } from '../plan-chunks.ts';
import { readSummary, type TransferVerified, transferVerified } from '../summary.ts';
import { Verification } from '../verification.ts';
import { compareTrees } from './compare-trees.ts';
import { finishDirectories } from './finish-directories.ts';
import type { Job } from './job.ts';
import { underSourceNames } from './names/plan-names.ts';

/**
 * Finishes the target's directories, then reads both ends again and compares them with the ledger, in as many calls as
 * it takes. Ends with ledger, report and summary below `records/`. Zero unexplained is the definition of done: whatever
 * the inventory saw is at the target as the ledger says. It does not mean that the source stood still: what appeared there
 * since is no part of this run, is counted apart, named in the report and told as a remark, and moves with the next one.
 * Throws TransientError or TerminalError; calling again goes on.
 */
export async function verifyTransfer(run: Job, depth = run.depth ?? 'changes'): Promise<TransferVerified> {
  const finished = await readSummary(run.objects, run);
  if (finished) return transferVerified(finished);
  const plan = await readPlan(run);
  if (!plan)
    throw new TerminalError('棚卸しの記録がないため照合できません。移行を最初からやり直してください。');
  const job = await underSourceNames(run, plan.id);
  const verification = await Verification.begin(job, plan);
  const complete =
    (await finishAll(job, plan, verification)) && (await compareTrees(job, plan, verification, depth));
  if (complete)
    return transferVerified(await verification.conclude((await readForecast(job.objects, job))?.remarks));
  await verification.save();
  return { more: true, objects: verification.state.counts.objects };
}

/** False when time ran short. */
async function finishAll(job: Job, plan: Plan, { state }: Verification): Promise<boolean> {
  while (state.directories > 0) {
    if (timeIsShort(job)) return false;
    const lines: ObjectLine[] = await linesOfChunk(job, plan.id, state.directories - 1);
    await finishDirectories(job.target, lines);
    state.directories -= 1;
  }
  return true;
}
