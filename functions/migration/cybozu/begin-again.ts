import * as keys from '../keys.ts';
import { linesOfChunk } from '../ledger.ts';
import { linesOf } from '../ndjson.ts';
import { type Plan, readPlan } from '../plan-chunks.ts';
import { readSummary } from '../summary.ts';
import type { Job } from '../web/job.ts';

/**
 * The source was open to its users since this run was planned: what was read then and what is read now would not fit
 * together. The run is planned anew, as a delta to what has arrived: its ledger so far says what that is, and the
 * verification at the end reads all of it.
 */
export async function beginAgain(job: Job): Promise<void> {
  const { objects } = job;
  const plan = await readPlan(job);
  if (plan && !(await readSummary(objects, job))) await objects.put(keys.ledger(job), arrived(job, plan));
  await objects.deleteAll(keys.summary(job));
  await objects.deleteAll(keys.inventoryState(job));
  await objects.deleteAll(keys.planState(job));
  // Everything that was staged under that plan.
  if (plan) await objects.deleteAll(keys.chunkList(job, plan.id).replace(/chunks\.jsonl$/, ''));
}

async function* arrived(job: Job, plan: Plan): AsyncGenerator<Uint8Array> {
  for (let chunk = 0; chunk < plan.chunks; chunk += 1) {
    const lines = await linesOfChunk(job, plan.id, chunk);
    yield linesOf(
      lines.map((line) =>
        line.outcome && line.outcome !== 'skipped' ? { ...line, verified: 'match' } : line,
      ),
    );
  }
}
