import { readJson, writeJson } from '../ndjson.ts';
import { checkInstalled } from './check-installations.ts';
import { findOwner } from './find-owner.ts';
import type { CybozuJob } from './job.ts';
import { asideOf, keepAside } from './keep-aside.ts';
import { fromRoot } from './layout.ts';
import { lookAt } from './look.ts';
import { ProductTree } from './product-tree.ts';
import { type Prepared, preparedKey } from './records.ts';

/**
 * The target is a fresh installation (R10) with data of its own: that is moved aside, once, and from then on what stands
 * there is ours. Returns the job with a target that gives what it writes to the right owner. Throws TerminalError.
 */
export async function prepareTarget(job: CybozuJob): Promise<CybozuJob> {
  const { layout, objects } = job;
  const asides = layout.moved.map((directory) => asideOf(job, directory));
  await checkInstalled(job, asides);
  const prepared = (await readPrepared(job)) ?? (await begin(job));
  const after = withTarget(job, prepared);
  for (const directory of layout.moved) {
    if (prepared.ready.includes(directory)) continue;
    const as = await keepAside(after, directory);
    if (as !== undefined) prepared.kept.push({ directory: fromRoot(layout, directory), as });
    prepared.ready.push(directory);
    await writeJson(objects, preparedKey(job.caseId), prepared);
  }
  return after;
}

/** Of this target; undefined before its preparation. */
export async function readPrepared(
  job: Pick<CybozuJob, 'objects' | 'caseId' | 'targetPlace'>,
): Promise<Prepared | undefined> {
  const stored = await readJson<Prepared>(job.objects, preparedKey(job.caseId));
  return stored?.place === job.targetPlace ? stored : undefined;
}

export function withTarget(job: CybozuJob, { owner, give }: Prepared): CybozuJob {
  return { ...job, target: new ProductTree(job.targetServer, job.layout, give ? owner : undefined) };
}

async function begin(job: CybozuJob): Promise<Prepared> {
  const first = job.layout.moved[0]!;
  const installed =
    (await lookAt(job.targetServer, fromRoot(job.layout, first))) ??
    (await lookAt(job.targetServer, asideOf(job, first)));
  const found = await findOwner(job, installed?.owner);
  const prepared: Prepared = { place: job.targetPlace, kept: [], ready: [], ...found };
  await writeJson(job.objects, preparedKey(job.caseId), prepared);
  return prepared;
}
