import type { TransferSummary } from '../../case/case.ts';
import { TerminalError } from '../../case/errors.ts';
import * as keys from '../keys.ts';
import { linesOf, readLines, writeJson } from '../ndjson.ts';
import { pathOf } from '../object-line.ts';
import { type InventoryTaken, inventoryTaken, type Plan, readPlan } from '../plan-chunks.ts';
import { readSummary, type TransferVerified, transferVerified, writeSummary } from '../summary.ts';
import { mostExamples } from '../verification.ts';
import { copyDatabaseChunk } from './copy-chunk.ts';
import type { DatabaseJob } from './job.ts';
import { type DatabaseLine, linePath } from './line.ts';
import { takeDatabaseInventory } from './take-inventory.ts';
import { verifyDatabase } from './verify-database.ts';

/**
 * Several databases move as one run: each is a part with plan, ledger and summary of its own, and a chunk's number tells
 * its part. One database alone is its own whole.
 */
type Jobs = readonly DatabaseJob[];

/** A part has fewer chunks than this; a chunk holds gigabytes. */
const chunksOfPart = 100_000;

export async function takeInventories(jobs: Jobs): Promise<InventoryTaken> {
  if (jobs.length === 1) return takeDatabaseInventory(jobs[0]!);
  const whole = wholeOf(jobs);
  await whole.objects.deleteAll(keys.summary(whole));
  const plans: Plan[] = [];
  const chunks: { chunk: number }[] = [];
  for (const one of jobs) {
    const taken = await takeDatabaseInventory(one);
    if (taken.more) return taken;
    plans.push((await readPlan(one))!);
    for await (const { chunk } of readLines<{ chunk: number }>(one.objects, taken.chunksKey))
      chunks.push({ chunk: one.part! * chunksOfPart + chunk });
  }
  const { objects } = whole;
  const sum = (of: (plan: Plan) => number) => plans.reduce((total, plan) => total + of(plan), 0);
  const plan: Plan = {
    id: 'parts',
    parts: jobs.length,
    chunks: chunks.length,
    objects: sum((one) => one.objects),
    settled: 0,
    bytes: sum((one) => one.bytes),
    bytesToRead: sum((one) => one.bytesToRead),
    chunksKey: keys.chunkList(whole, 'parts'),
    startedAt: plans[0]!.startedAt,
  };
  await objects.put(plan.chunksKey, linesOf(chunks));
  await writeJson(objects, keys.planState(whole), plan);
  return inventoryTaken(plan);
}

export function copyChunkOfPart(jobs: Jobs, chunk: number): Promise<{ more: boolean }> {
  if (jobs.length === 1) return copyDatabaseChunk(jobs[0]!, chunk);
  const one = jobs[Math.floor(chunk / chunksOfPart) - 1];
  if (!one) throw new TerminalError('この移行には、その番号の作業単位がありません。何も変更していません。');
  return copyDatabaseChunk(one, chunk % chunksOfPart);
}

/** The whole's ledger names each object with its database before it. */
export async function verifyDatabases(jobs: Jobs): Promise<TransferVerified> {
  if (jobs.length === 1) return verifyDatabase(jobs[0]!);
  const summaries: TransferSummary[] = [];
  for (const one of jobs) {
    const verified = await verifyDatabase(one);
    if (verified.more) return verified;
    summaries.push(named((await readSummary(one.objects, one))!, one.target.database));
  }
  const whole = wholeOf(jobs);
  const ledgerKey = keys.ledger(whole);
  await whole.objects.put(ledgerKey, joined(jobs, keys.ledger));
  await whole.objects.put(keys.report(whole), joined(jobs, keys.report));
  const summary: TransferSummary = { ...summaries.reduce(together), ledgerKey };
  await writeSummary(whole.objects, whole, summary);
  return transferVerified(summary);
}

const counts = ['objects', 'bytes', 'moved', 'altered', 'skipped', 'unchanged', 'unexplained'] as const;

function together(one: TransferSummary, other: TransferSummary): TransferSummary {
  const sums = Object.fromEntries(counts.map((count) => [count, one[count] + other[count]]));
  const remarks = [...(one.remarks ?? []), ...(other.remarks ?? [])];
  const examples = [...(one.examples ?? []), ...(other.examples ?? [])].slice(0, mostExamples);
  return {
    ...other,
    ...sums,
    ...(remarks.length > 0 && { remarks }),
    ...(examples.length > 0 && { examples }),
  };
}

/** What is told of one database names it. */
function named(summary: TransferSummary, database: string): TransferSummary {
  const examples = summary.examples?.map(({ object, reason }) => ({
    object: object.replace(/^\.\//, () => `./${database}/`),
    reason,
  }));
  const remarks = summary.remarks?.map((remark) => `${database}: ${remark}`);
  return { ...summary, ...(examples && { examples }), ...(remarks && { remarks }) };
}

async function* joined(jobs: Jobs, key: typeof keys.ledger): AsyncGenerator<Buffer> {
  for (const one of jobs) {
    for await (const line of readLines<DatabaseLine>(one.objects, key(one))) {
      const named = line.path !== undefined || line.pathBase64 !== undefined;
      yield linesOf([named ? { ...line, ...linePath(one.target.database, pathOf(line).toString()) } : line]);
    }
  }
}

function wholeOf(jobs: Jobs): Omit<DatabaseJob, 'part'> {
  const { part: _, ...whole } = jobs[0]!;
  return whole;
}
