import type { Plan as PlanName } from '../case/case.ts';
import type { Objects } from '../case/ports.ts';
import type { InventoryState } from './inventory.ts';
import type { TransferJob } from './job.ts';
import * as keys from './keys.ts';
import { readJson } from './ndjson.ts';
import { type Plan, readPlan } from './plan-chunks.ts';
import { type Amounts, timeLeft } from './time-left.ts';
import type { Verified } from './verification.ts';

export interface Progress {
  phase: 'waiting' | 'inventory' | 'copy' | 'verify' | 'done';
  /** Of a verification: compared. */
  objects: { done: number; total: number };
  bytes: { done: number; total: number };
  /** An estimate, by what was done so far; absent while nothing can be said. */
  secondsLeft?: number;
}

type Run = Pick<TransferJob, 'caseId' | 'plan' | 'run' | 'part'> & { objects: Objects };

/** A marker a pack: counts and time are in its name, so that one listing tells all. Of two for one pack one counts. */
export async function markProgress(
  job: TransferJob,
  plan: string,
  where: { chunk: number; pack: number | string },
  counts: Amounts,
): Promise<void> {
  const name = `${where.chunk}.${where.pack}-${counts.objects}-${counts.bytes}-${Math.floor(Date.now() / 1000)}`;
  await job.objects.put(`${keys.progressPrefix(job, plan)}${name}`, Buffer.of(0x0a));
}

/** For a page that is looked at now and then: a few small objects and one listing. */
export async function readProgress(
  objects: Objects,
  caseId: string,
  plan: PlanName,
  run: number,
): Promise<Progress> {
  const of = { objects, caseId, plan, run };
  const finished = (await objects.size(keys.summary(of))) !== undefined;
  const planned = await readPlan(of);
  if (!planned) {
    const taken = await readJson<InventoryState>(objects, keys.inventoryState(of));
    const { objects: found, bytes } = taken ?? { objects: 0, bytes: 0 };
    const phase = finished ? 'done' : taken ? 'inventory' : 'waiting';
    return { phase, objects: { done: 0, total: found }, bytes: { done: 0, total: bytes } };
  }
  const { copied, verified } = await gather(of, planned);
  const verifying = verified !== undefined && !finished;
  const done = verifying ? verified : copied;
  const left = {
    objects: planned.objects - done.objects,
    // What is compared without being read again has no bytes to go by.
    bytes: verifying ? 0 : planned.bytesToRead - done.bytes,
  };
  const secondsLeft = finished ? undefined : timeLeft(done.measured, done.seconds, left);
  return {
    phase: finished ? 'done' : verifying ? 'verify' : 'copy',
    objects: { done: done.objects, total: planned.objects },
    bytes: { done: done.bytes, total: planned.bytesToRead },
    ...(secondsLeft !== undefined && { secondsLeft }),
  };
}

/** `measured`: what was done in the seconds at work that are known. */
interface Done extends Amounts {
  measured: Amounts;
  seconds: number;
}

/** Of all parts, where a run has some: no part is verified before all are copied. */
async function gather(of: Run, plan: Plan): Promise<{ copied: Done; verified?: Done }> {
  const packs: Pack[] = [];
  const verified: Verified[] = [];
  let settled = 0;
  const parts =
    plan.parts === undefined ? [undefined] : Array.from({ length: plan.parts }, (_, at) => at + 1);
  for (const part of parts) {
    const one = part === undefined ? of : { ...of, part };
    const planned = part === undefined ? plan : await readPlan(one);
    if (!planned) continue;
    settled += planned.settled;
    packs.push(...(await readPacks(one, planned.id)));
    const seen = await readJson<Verified>(of.objects, keys.verifyProgress(one, planned.id));
    if (seen) verified.push(seen);
  }
  const copied = copiedIn(packs, settled);
  if (verified.length === 0) return { copied };
  const all = { ...sum(verified), seconds: verified.reduce((total, { seconds }) => total + seconds, 0) };
  return { copied, verified: { ...all, measured: all } };
}

interface Pack extends Amounts {
  /** Seconds; NaN where it was not noted. */
  at: number;
}

async function readPacks(of: Run, plan: string): Promise<Pack[]> {
  const packs = new Map<string, Pack>();
  const prefix = keys.progressPrefix(of, plan);
  for await (const { key } of of.objects.list(prefix)) {
    const [pack, objects, bytes, at] = key.slice(prefix.length).split('-');
    packs.set(pack!, { objects: Number(objects), bytes: Number(bytes), at: Number(at) });
  }
  return [...packs.values()];
}

/** Longer than a call: nobody was at work, be it for the hours or for a problem. */
const longestGap = 900;

/** The first pack begins the time that is known. */
function copiedIn(packs: readonly Pack[], settled: number): Done {
  const inOrder = packs.filter(({ at }) => at > 0).sort((a, b) => a.at - b.at);
  let seconds = 0;
  for (const [index, { at }] of inOrder.slice(1).entries())
    seconds += Math.min(at - inOrder[index]!.at, longestGap);
  const { objects, bytes } = sum(packs);
  return { objects: settled + objects, bytes, measured: sum(inOrder.slice(1)), seconds };
}

function sum(amounts: readonly Amounts[]): Amounts {
  const all = { objects: 0, bytes: 0 };
  for (const { objects, bytes } of amounts) {
    all.objects += objects;
    all.bytes += bytes;
  }
  return all;
}
