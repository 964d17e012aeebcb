import { isDeepStrictEqual } from 'node:util';
import { OutOfHoursError, RetryAfterError, TransientError, WindowClosedError } from '../../case/errors.ts';
import type { Ports } from '../../case/ports.ts';
import type { Engine, Run, Turn } from '../engine.ts';
import { writeJson } from '../ndjson.ts';
import { readSummary, writeSummary } from '../summary.ts';
import { keepProblem } from '../transfer-problem.ts';
import { copyChunk } from '../web/copy-chunk.ts';
import type { OpenTree } from '../web/open-pinned.ts';
import { takeInventory } from '../web/take-inventory.ts';
import { verifyTransfer } from '../web/verify-transfer.ts';
import { beginAgain } from './begin-again.ts';
import { checkSource } from './check-installations.ts';
import { checkVersions } from './check-versions.ts';
import { countAttachments } from './count-files.ts';
import type { CybozuJob } from './job.ts';
import { beginMaintenance, periodOf, readMaintenance, stillInMaintenance } from './maintenance.ts';
import { prepareTarget, readPrepared } from './prepare-target.ts';
import { countsKey, periodKey } from './records.ts';
import { releaseForGood, releaseSource } from './release-source.ts';
import { remarksOn } from './remarks.ts';
import { withCybozuJob } from './with-cybozu-job.ts';

/**
 * Moves a Cybozu Office (R8, R10): checks at both ends, the target's own data moved aside, the source closed to its users
 * by its maintenance flag, then the file-tree engine over the directories that the layout names. The source is closed for
 * one stretch: what is read in two does not fit together. `open` is how servers are reached.
 */
export function cybozuEngine(open: OpenTree): Engine {
  return {
    takeInventory: (ports, run) =>
      withoutWaiting(ports, run, () =>
        withCybozuJob(ports, run, open, async (job, chunks) => ({
          ...(await takeInventory(await prepare(ports, job, open))),
          ...chunks,
        })),
      ),
    copyChunk: (ports, run, chunk) =>
      withoutWaiting(ports, run, () =>
        withCybozuJob(
          ports,
          run,
          open,
          async (job) => {
            await stillInMaintenance(job);
            return copyChunk(job, chunk);
          },
          'chunk',
        ),
      ),
    verifyTransfer: (ports, run) =>
      withoutWaiting(ports, run, () => withCybozuJob(ports, run, open, (job) => verify(job))),
    releaseSource: (ports, run) => releaseSource(ports, run, open),
    releaseForGood: (ports, run) => releaseForGood(ports, run, open),
  };
}

/** The source is closed last, when all that could be refused is checked, so that it is closed for as long as it must. */
async function prepare(ports: Ports, job: CybozuJob, open: OpenTree): Promise<CybozuJob> {
  await checkVersions(job);
  await checkSource(job);
  const prepared = await prepareTarget(job);
  const left = await readMaintenance(job.objects, job.caseId);
  // Of a source that was given before this one.
  if (left && !isDeepStrictEqual(left.place, job.sourcePlace)) await releaseSource(ports, job, open);
  const { period } = await beginMaintenance(prepared);
  const before = await periodOf(job);
  if (before !== period) {
    if (before !== undefined) await beginAgain(prepared);
    await job.objects.deleteAll(countsKey(job));
    await writeJson(job.objects, periodKey(job), { period });
  }
  return prepared;
}

async function verify(job: CybozuJob): Promise<Turn> {
  await stillInMaintenance(job);
  const verified = await verifyTransfer(job);
  if (verified.more || verified.unexplained > 0) return verified;
  const prepared = (await readPrepared(job))!;
  const attachments = await countAttachments(job, prepared.owner);
  if (!attachments) return { more: true };
  await stillInMaintenance(job);
  const maintenance = (await readMaintenance(job.objects, job.caseId))!;
  const summary = (await readSummary(job.objects, job))!;
  const ours = remarksOn(job, await checkVersions(job), attachments, prepared, maintenance);
  // A call that is repeated finds its own.
  const remarks = [...new Set([...ours, ...(summary.remarks ?? [])])];
  await writeSummary(job.objects, job, { ...summary, remarks });
  return verified;
}

/**
 * Outside of the customer's hours a flow waits for the next ones (R23), and for a busy server more than a day. A source
 * that is closed to its users must not wait with it: the run ends, the source is opened, and the engineer decides when to
 * go on.
 */
async function withoutWaiting<T>(ports: Ports, run: Run, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof RetryAfterError) || !(await readMaintenance(ports.objects, run.caseId)))
      throw error;
    // Tried again for some minutes.
    if (!(error instanceof OutOfHoursError)) throw new TransientError(error.message);
    const over = new WindowClosedError(
      '移行を続けられる時間帯が終わったため中断し、移行元のサイボウズのメンテナンスを解除します。移行済みの分は保持されています。日時を改めて再開してください。変わった分を取り直します。',
    );
    await keepProblem(ports.objects, run, over);
    throw over;
  }
}
