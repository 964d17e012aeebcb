import type { Plan as PlanName } from '../case/case.ts';
import type { Objects } from '../case/ports.ts';
import type { InventoryState } from './inventory.ts';
import type { TransferJob } from './job.ts';
import * as keys from './keys.ts';
import { readJson } from './ndjson.ts';
import { type Plan, readPlan } from './plan-chunks.ts';

export interface Progress {
  phase: 'waiting' | 'inventory' | 'copy' | 'verify' | 'done';
  objects: { done: number; total: number };
  bytes: { done: number; total: number };
}

/** A marker a pack: the counts are in its name, so that one listing tells all. Writing it twice changes nothing. */
export async function markProgress(
  job: TransferJob,
  plan: string,
  where: { chunk: number; pack: number | string },
  counts: { objects: number; bytes: number },
): Promise<void> {
  const name = `${where.chunk}.${where.pack}-${counts.objects}-${counts.bytes}`;
  await job.objects.put(`${keys.progressPrefix(job, plan)}${name}`, Buffer.of(0x0a));
}

/** For a page that is looked at now and then: a few small objects and one listing. */
export async function readProgress(
  objects: Objects,
  caseId: string,
  plan: PlanName,
  run: number,
  part?: number,
): Promise<Progress> {
  const of = { objects, caseId, plan, run, ...(part !== undefined && { part }) };
  const planned = await readPlan(of);
  if (planned?.parts) return progressOfParts(objects, of, planned);
  if (!planned) {
    const taken = await readJson<InventoryState>(objects, keys.inventoryState(of));
    const { objects: found, bytes } = taken ?? { objects: 0, bytes: 0 };
    const phase =
      (await objects.size(keys.summary(of))) !== undefined ? 'done' : taken ? 'inventory' : 'waiting';
    return { phase, objects: { done: 0, total: found }, bytes: { done: 0, total: bytes } };
  }
  const packs = new Map<string, { objects: number; bytes: number }>();
  const prefix = keys.progressPrefix(of, planned.id);
  for await (const { key } of objects.list(prefix)) {
    const [pack, count, bytes] = key.slice(prefix.length).split('-');
    packs.set(pack!, { objects: Number(count), bytes: Number(bytes) });
  }
  const done = { objects: planned.settled, bytes: 0 };
  for (const pack of packs.values()) {
    done.objects += pack.objects;
    done.bytes += pack.bytes;
  }
  const verifying = (await objects.size(keys.verifyState(of, planned.id))) !== undefined;
  const finished = (await objects.size(keys.summary(of))) !== undefined;
  return {
    phase: finished ? 'done' : verifying ? 'verify' : 'copy',
    objects: { done: done.objects, total: planned.objects },
    bytes: { done: done.bytes, total: planned.bytesToRead },
  };
}

/** All that is done in the parts; verifying once nothing is left to copy. */
async function progressOfParts(
  objects: Objects,
  of: { caseId: string; plan: PlanName; run: number },
  plan: Plan,
): Promise<Progress> {
  const done = { objects: 0, bytes: 0 };
  let copying = false;
  for (let part = 1; part <= (plan.parts ?? 0); part++) {
    const progress = await readProgress(objects, of.caseId, of.plan, of.run, part);
    done.objects += progress.objects.done;
    done.bytes += progress.bytes.done;
    copying ||= progress.phase === 'copy';
  }
  const finished = (await objects.size(keys.summary(of))) !== undefined;
  return {
    phase: finished ? 'done' : copying ? 'copy' : 'verify',
    objects: { done: done.objects, total: plan.objects },
    bytes: { done: done.bytes, total: plan.bytesToRead },
  };
}
