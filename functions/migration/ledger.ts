import { needsWork, packsOf } from './chunk.ts';
import type { TransferJob } from './job.ts';
import * as keys from './keys.ts';
import { readLines, readLinesIfAny } from './ndjson.ts';
import type { ObjectLine } from './object-line.ts';

/**
 * A chunk's lines of the ledger, in inventory order. Of a pack that was never finished the planned lines come back
 * without an outcome: they count as unexplained. Where a pack needs no work they are the ledger.
 */
export async function linesOfChunk(job: TransferJob, plan: string, chunk: number): Promise<ObjectLine[]> {
  const planned: ObjectLine[] = [];
  for await (const line of readLines<ObjectLine>(job.objects, keys.chunkObjects(job, plan, chunk))) {
    planned.push(line);
  }
  const lines: ObjectLine[] = [];
  for (const [number, pack] of packsOf(planned).entries()) {
    if (!pack.some(needsWork)) {
      lines.push(...pack);
      continue;
    }
    const part: ObjectLine[] = [];
    const key = keys.ledgerPart(job, plan, chunk, number);
    for await (const line of readLinesIfAny<ObjectLine>(job.objects, key)) part.push(line);
    lines.push(...(part.length === pack.length ? part : pack));
  }
  return lines;
}
