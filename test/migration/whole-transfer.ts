import { readLines, readLinesIfAny } from '../../functions/migration/ndjson.ts';
import type { ObjectLine } from '../../functions/migration/object-line.ts';
import type { ReportLine } from '../../functions/migration/verification.ts';
import type { Depth } from '../../functions/migration/web/compare.ts';
import { copyChunk } from '../../functions/migration/web/copy-chunk.ts';
import type { FileTree } from '../../functions/migration/web/file-tree.ts';
import type { Job } from '../../functions/migration/web/job.ts';
import { takeInventory } from '../../functions/migration/web/take-inventory.ts';
import { verifyTransfer } from '../../functions/migration/web/verify-transfer.ts';
import { MemoryObjects, MemoryVault } from './memory-ports.ts';

export type TestJob = Job & { objects: MemoryObjects; vault: MemoryVault };

export function jobOf(source: FileTree, target: FileTree, more: Partial<TestJob> = {}): TestJob {
  return {
    caseId: 'HK-1',
    plan: 'web',
    run: 1,
    objects: new MemoryObjects(),
    vault: new MemoryVault(),
    source,
    target,
    remaining: () => 900_000,
    ...more,
  };
}

/** The run after this one. */
export function nextRun(job: TestJob): TestJob {
  return { ...job, run: job.run + 1, previousRun: job.run };
}

export async function inventoryOf(job: Job) {
  for (let calls = 1; ; calls += 1) {
    const taken = await takeInventory(job);
    if (!taken.more) return { ...taken, calls };
  }
}

export async function chunksOf(job: Job): Promise<number[]> {
  const { chunksKey } = await inventoryOf(job);
  const chunks: number[] = [];
  for await (const { chunk } of readLines<{ chunk: number }>(job.objects, chunksKey)) chunks.push(chunk);
  return chunks;
}

export async function copyAll(job: Job): Promise<number> {
  let calls = 0;
  for (const chunk of await chunksOf(job)) {
    do calls += 1;
    while ((await copyChunk(job, chunk)).more);
  }
  return calls;
}

export async function verified(job: Job, depth?: Depth) {
  for (;;) {
    const result = await verifyTransfer(job, depth);
    if (!result.more) return result;
  }
}

/** Inventory, every chunk, verification: as the workflow calls them. */
export async function transfer(job: Job, depth?: Depth) {
  await copyAll(job);
  return verified(job, depth);
}

/** The ledger, by path (latin1 of its bytes where it is not UTF-8). */
export async function ledgerOf(job: Job): Promise<Map<string, ObjectLine>> {
  const lines = new Map<string, ObjectLine>();
  const key = `records/${job.caseId}/ledger/${job.plan}/${job.run}.ndjson`;
  for await (const line of readLines<ObjectLine>(job.objects, key)) lines.set(nameIn(line), line);
  return lines;
}

export async function reportOf(job: Job): Promise<ReportLine[]> {
  const key = `records/${job.caseId}/ledger/${job.plan}/${job.run}.report.ndjson`;
  const lines: ReportLine[] = [];
  for await (const line of readLinesIfAny<ReportLine>(job.objects, key)) if (line.result) lines.push(line);
  return lines;
}

function nameIn(line: ObjectLine): string {
  return line.path?.slice(2) ?? Buffer.from(line.pathBase64 ?? '', 'base64').toString('latin1');
}
