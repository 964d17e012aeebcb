import { TerminalError } from '../../case/errors.ts';
import { dataKey } from '../data-key.ts';
import { markUnchanged } from '../delta.ts';
import { InventoryWriter, readInventory } from '../inventory.ts';
import { timeIsShort } from '../job.ts';
import * as keys from '../keys.ts';
import { readLines, readLinesIfAny } from '../ndjson.ts';
import type { ObjectLine } from '../object-line.ts';
import { planChunks, readPlan } from '../plan-chunks.ts';
import { comparePositions } from '../position.ts';
import { readSummary } from '../summary.ts';
import { describe } from './describe.ts';
import type { Job } from './job.ts';
import { checkWritable } from './temporary-names.ts';
import { type Found, walk } from './walk.ts';

const batchSize = 256;
/** More than this is no web site; staff split the work. */
const mostObjects = 5_000_000;

export type InventoryTaken =
  | { more: true; objects: number }
  | { more: false; objects: number; bytes: number; bytesToRead: number; chunks: number; chunksKey: string };

/**
 * Lists the source once, in as many calls as it takes, compares with the run before and cuts the work into chunks.
 * Ends with the key of the list of chunks (JSONL). Throws TransientError or TerminalError; calling again goes on.
 */
export async function takeInventory(job: Job): Promise<InventoryTaken> {
  await beginAgainIfUnexplained(job);
  const planned = await readPlan(job);
  if (planned) return { more: false, ...factsOf(planned) };
  const writer = await InventoryWriter.begin(job);
  if (!writer.state.complete) {
    await dataKey(job.vault, job.caseId);
    await checkWritable(job);
    const complete = await listSource(job, writer);
    await writer.flush(complete);
    if (!complete) return { more: true, objects: writer.state.objects };
  }
  if (timeIsShort(job)) return { more: true, objects: writer.state.objects };
  const lines = markUnchanged(readInventory(job, writer.state), await ledgerBefore(job), comparePositions);
  return { more: false, ...factsOf(await planChunks(job, lines, writer.state.startedAt)) };
}

/** False when time ran short. */
async function listSource(job: Job, writer: InventoryWriter): Promise<boolean> {
  const { after } = writer.state;
  let batch: Found[] = [];
  const write = async () => {
    const lines = await describe(job.source, batch);
    for (const [index, line] of lines.entries()) await writer.add(line, batch[index]!.path);
    batch = [];
    if (writer.state.objects > mostObjects) {
      throw new TerminalError(`移行元の件数が${mostObjects}件を超えています。対象フォルダを分けてください。`);
    }
  };
  for await (const found of walk(
    job.source,
    after === undefined ? {} : { after: Buffer.from(after, 'base64') },
  )) {
    batch.push(found);
    if (batch.length < batchSize) continue;
    await write();
    if (timeIsShort(job)) return false;
  }
  await write();
  return true;
}

/**
 * A run that ended with unexplained objects is taken up again: what its ledger proves stays as it is, the rest moves
 * anew. The summary goes last, so that a crash in between begins again here.
 */
async function beginAgainIfUnexplained(job: Job): Promise<void> {
  const summary = await readSummary(job.objects, job);
  if (!summary || summary.unexplained === 0) return;
  await job.objects.deleteAll(keys.inventoryState(job));
  await job.objects.deleteAll(keys.planState(job));
  await job.objects.deleteAll(keys.summary(job));
}

/** This run's own ledger where it is taken up again, else that of the run before. */
async function ledgerBefore(job: Job): Promise<{ lines: AsyncIterable<ObjectLine>; ownRun: boolean }> {
  const own = keys.ledger(job);
  if ((await job.objects.size(own)) !== undefined) {
    return { lines: readLines<ObjectLine>(job.objects, own), ownRun: true };
  }
  if (job.previousRun === undefined) return { lines: nothing(), ownRun: false };
  const before = keys.ledger({ ...job, run: job.previousRun });
  return { lines: readLinesIfAny<ObjectLine>(job.objects, before), ownRun: false };
}

async function* nothing(): AsyncGenerator<ObjectLine> {}

function factsOf({
  objects,
  bytes,
  bytesToRead,
  chunks,
  chunksKey,
}: NonNullable<Awaited<ReturnType<typeof readPlan>>>) {
  return { objects, bytes, bytesToRead, chunks, chunksKey };
}
