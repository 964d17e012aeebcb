import { randomBytes } from 'node:crypto';
import * as keys from '../keys.ts';
import { linesOf, writeJson } from '../ndjson.ts';
import { type Plan, readPlan } from '../plan-chunks.ts';
import type { DatabaseJob } from './job.ts';
import { type DatabaseLine, isRows } from './line.ts';

/** Up to this (the server's estimate, bytes) all rows are one chunk, and so of one moment. */
const oneMoment = 8 * 1024 ** 3;
/** Beyond, chunks are of this size: each fits a function's time with room to spare. */
const chunkBytes = 2 * 1024 ** 3;
/** Parts of a chunk; they are in memory together. */
const mostParts = 10_000;

/**
 * Chunk 0 holds the definitions, which the verification finishes; the others hold rows and are in the list that the
 * Distributed Map reads. The largest parts come first, so that no worker is left alone with one at the end. `oneChunk`: of a dump, which
 * is replayed in its own order.
 */
export async function planRanges(
  job: DatabaseJob,
  lines: readonly DatabaseLine[],
  startedAt: string,
  { oneChunk = false } = {},
): Promise<Plan> {
  const id = randomBytes(8).toString('hex');
  const rows = lines.filter(isRows).sort((a, b) => b.size - a.size);
  const bytes = rows.reduce((sum, line) => sum + line.size, 0);
  const chunks = oneChunk ? [rows] : group(rows, bytes <= oneMoment ? oneMoment : chunkBytes);
  await job.objects.put(keys.chunkObjects(job, id, 0), linesOf(lines.filter((line) => !isRows(line))));
  for (const [index, chunk] of chunks.entries()) {
    await job.objects.put(keys.chunkObjects(job, id, index + 1), linesOf(chunk));
  }
  const plan: Plan = {
    id,
    chunks: chunks.length + 1,
    objects: lines.length,
    bytes,
    bytesToRead: bytes,
    settled: 0,
    chunksKey: keys.chunkList(job, id),
    startedAt,
  };
  await job.objects.put(plan.chunksKey, linesOf(chunks.map((_, index) => ({ chunk: index + 1 }))));
  const earlier = await readPlan(job);
  if (earlier) return earlier;
  await writeJson(job.objects, keys.planState(job), plan);
  return plan;
}

function group(lines: readonly DatabaseLine[], limit: number): DatabaseLine[][] {
  const chunks: DatabaseLine[][] = [];
  let bytes = 0;
  for (const line of lines) {
    const last = chunks.at(-1);
    if (!last || bytes + line.size > limit || last.length >= mostParts) {
      chunks.push([line]);
      bytes = line.size;
    } else {
      last.push(line);
      bytes += line.size;
    }
  }
  return chunks;
}
