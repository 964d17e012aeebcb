import { beginAgainIfUnexplained } from '../begin-again.ts';
import { dataKey } from '../data-key.ts';
import * as keys from '../keys.ts';
import { readLinesIfAny } from '../ndjson.ts';
import { type InventoryTaken, inventoryTaken, readPlan } from '../plan-chunks.ts';
import { takeDumpInventory } from './dump/take-dump-inventory.ts';
import { type DatabaseJob, isDump } from './job.ts';
import type { DatabaseLine } from './line.ts';
import { checkEngines, openPair } from './open-pair.ts';
import { planRanges } from './plan-ranges.ts';

/**
 * Reads the source's structure, makes it at the target and cuts the rows into parts; bytes are the server's estimate.
 * Throws TransientError, RetryAfterError or TerminalError; calling again is harmless.
 */
export async function takeDatabaseInventory(job: DatabaseJob): Promise<InventoryTaken> {
  await beginAgainIfUnexplained(job);
  const planned = await readPlan(job);
  if (planned) return inventoryTaken(planned);
  checkEngines(job);
  if (isDump(job.source)) return inventoryTaken(await takeDumpInventory(job, job.source));
  const startedAt = new Date().toISOString();
  await dataKey(job.vault, job.caseId);
  const pair = await openPair(job, job.source);
  try {
    const lines = await pair.takeInventory(await previousLedger(job));
    return inventoryTaken(await planRanges(job, lines, startedAt));
  } finally {
    await pair.close();
  }
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
