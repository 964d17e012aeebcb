import { dataKey } from '../data-key.ts';
import * as keys from '../keys.ts';
import { readLinesIfAny } from '../ndjson.ts';
import { type Plan, readPlan } from '../plan-chunks.ts';
import { readSummary } from '../summary.ts';
import { takeDumpInventory } from './dump/take-dump-inventory.ts';
import { type DatabaseJob, isDump } from './job.ts';
import type { DatabaseLine } from './line.ts';
import { checkEngines, openPair } from './open-pair.ts';
import { planRanges } from './plan-ranges.ts';

export type InventoryTaken =
  | { more: true; objects: number }
  | { more: false; objects: number; bytes: number; bytesToRead: number; chunks: number; chunksKey: string };

/**
 * Reads the source's structure, makes it at the target and cuts the rows into parts; bytes are the server's estimate.
 * Throws TransientError, RetryAfterError or TerminalError; calling again is harmless.
 */
export async function takeDatabaseInventory(job: DatabaseJob): Promise<InventoryTaken> {
  await beginAgainIfUnexplained(job);
  const planned = await readPlan(job);
  if (planned) return answer(planned);
  checkEngines(job);
  if (isDump(job.source)) return answer(await takeDumpInventory(job, job.source));
  const startedAt = new Date().toISOString();
  await dataKey(job.vault, job.caseId);
  const pair = await openPair(job, job.source);
  try {
    const lines = await pair.takeInventory(await previousLedger(job));
    return answer(await planRanges(job, lines, startedAt));
  } finally {
    await pair.close();
  }
}

/** A run that ended with unexplained objects is planned anew. The summary goes last: a crash begins again here. */
async function beginAgainIfUnexplained(job: DatabaseJob): Promise<void> {
  const summary = await readSummary(job.objects, job);
  if (!summary || summary.unexplained === 0) return;
  await job.objects.deleteAll(keys.planState(job));
  await job.objects.deleteAll(keys.summary(job));
}

/** By path. This run's own where it is taken up again: what lies at the target is compared, whichever run left it. */
async function previousLedger(job: DatabaseJob): Promise<Map<string, DatabaseLine>> {
  const lines = new Map<string, DatabaseLine>();
  for (const run of [job.run, job.previousRun]) {
    if (run === undefined) continue;
    for await (const line of readLinesIfAny<DatabaseLine>(job.objects, keys.ledger({ ...job, run }))) {
      if (line.path !== undefined) lines.set(line.path, line);
    }
    if (lines.size > 0) break;
  }
  return lines;
}

function answer({ objects, bytes, bytesToRead, chunks, chunksKey }: Plan): InventoryTaken {
  return { more: false, objects, bytes, bytesToRead, chunks, chunksKey };
}
