import type { TransferJob } from './job.ts';
import * as keys from './keys.ts';
import { readSummary } from './summary.ts';

/**
 * A run that ended with unexplained objects is taken up again: it is planned anew, and what it left at the target is found
 * there. `stale`: what besides its plan must not be gone on with. The summary goes last, so that a crash in between begins
 * again here.
 */
export async function beginAgainIfUnexplained(
  job: TransferJob,
  stale: readonly string[] = [],
): Promise<void> {
  const summary = await readSummary(job.objects, job);
  if (!summary || summary.unexplained === 0) return;
  for (const key of [...stale, keys.planState(job), keys.summary(job)]) await job.objects.deleteAll(key);
}
