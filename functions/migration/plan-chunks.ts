import { randomBytes } from 'node:crypto';
import { bytesToRead, chunkBytes, chunkLines, chunkObjects, isLarge, needsWork } from './chunk.ts';
import type { TransferJob } from './job.ts';
import * as keys from './keys.ts';
import { linesOf, readJson, writeJson } from './ndjson.ts';
import type { ObjectLine } from './object-line.ts';

/** What is known once a run is planned. */
export interface Plan {
  /** Names this plan's chunks: two plans made at once do not mix. */
  id: string;
  /** Of a run that moves several of a kind: each part has a plan of its own. */
  parts?: number;
  chunks: number;
  /** Objects of the source, those included that need no work. */
  objects: number;
  /** Of these, those in chunks where nothing is to be done. */
  settled: number;
  /** Of files: in all, and to be read in this run. */
  bytes: number;
  bytesToRead: number;
  chunksKey: string;
  startedAt: string;
  /** As the inventory has it (inventory.ts). */
  newest?: number;
}

export interface PlanOptions {
  /** From newPlanId(), where something is kept with the plan beforehand. */
  id?: string;
  newest?: number;
  /** Before the plan counts. */
  whenPlanned?: (plan: Plan) => Promise<void>;
}

/**
 * Cuts the objects of a run, in inventory order, into chunks: 64 MB or 1,000 objects that need work, a large file on
 * its own. `lines` has an outcome where nothing is left to do. Writes one list a chunk, then the JSONL of all chunks
 * that need work, then the plan; the first plan to be written stays.
 */
export async function planChunks(
  job: TransferJob,
  lines: AsyncIterable<readonly ObjectLine[]>,
  startedAt: string,
  { id = newPlanId(), newest, whenPlanned }: PlanOptions = {},
): Promise<Plan> {
  const plan: Plan = {
    id,
    chunks: 0,
    objects: 0,
    settled: 0,
    bytes: 0,
    bytesToRead: 0,
    chunksKey: keys.chunkList(job, id),
    startedAt,
    ...(newest !== undefined && { newest }),
  };
  const list: { chunk: number }[] = [];
  // Of the chunk at hand: as it is written down, and lines that are not yet. Objects of the heap would be copied about.
  let written: Buffer[] = [];
  let chunk: ObjectLine[] = [];
  let length = 0;
  let work = 0;
  let bytes = 0;
  const writeDown = () => {
    written.push(linesOf(chunk));
    chunk = [];
  };
  const finish = async () => {
    if (length === 0) return;
    writeDown();
    await job.objects.put(keys.chunkObjects(job, id, plan.chunks), Buffer.concat(written));
    // Without work it is its own part of the ledger, and nobody has to be called for it.
    if (work > 0) list.push({ chunk: plan.chunks });
    else plan.settled += length;
    plan.chunks += 1;
    written = [];
    length = 0;
    work = 0;
    bytes = 0;
  };
  for await (const batch of lines) {
    for (const line of batch) {
      const toRead = bytesToRead(line);
      const full = work >= chunkObjects || bytes + toRead > chunkBytes || length >= chunkLines;
      if (full || isLarge(line)) await finish();
      chunk.push(line);
      length += 1;
      bytes += toRead;
      if (needsWork(line)) work += 1;
      plan.objects += 1;
      if (line.kind === 'file') plan.bytes += line.size;
      plan.bytesToRead += toRead;
      if (isLarge(line)) await finish();
    }
    writeDown();
  }
  await finish();
  await job.objects.put(plan.chunksKey, linesOf(list));
  const earlier = await readPlan(job);
  if (earlier) return earlier;
  await whenPlanned?.(plan);
  await writeJson(job.objects, keys.planState(job), plan);
  return plan;
}

export function newPlanId(): string {
  return randomBytes(8).toString('hex');
}

export function readPlan(
  job: Pick<TransferJob, 'caseId' | 'plan' | 'run' | 'part' | 'objects'>,
): Promise<Plan | undefined> {
  return readJson<Plan>(job.objects, keys.planState(job));
}

/** What a step of the inventory answers; `more`: it wants to be called again. */
export type InventoryTaken =
  | { more: true; objects: number }
  | { more: false; objects: number; bytes: number; bytesToRead: number; chunks: number; chunksKey: string };

/** The small facts of a plan, for the state machine. */
export function inventoryTaken({ objects, bytes, bytesToRead, chunks, chunksKey }: Plan): InventoryTaken {
  return { more: false, objects, bytes, bytesToRead, chunks, chunksKey };
}
