import { z } from 'zod';
import { onLambda } from './aws/lambda.ts';
import type { Ports } from './case/ports.ts';
import { jobInput } from './case/step-input.ts';
import { copyChunk as copy } from './migration/web/copy-chunk.ts';
import { openWebTree } from './migration/web/open-web-tree.ts';
import { type OpenTree, withWebJob } from './migration/web/with-web-job.ts';

/** A line of the list of chunks, as the Distributed Map hands it out. */
const input = jobInput.extend({ chunk: z.object({ chunk: z.int().min(0) }).loose() });

/** Moves one chunk, in as many calls as it takes (`more`). Twice, or at once, does no harm. */
export async function copyChunk(event: unknown, ports: Ports, open: OpenTree = openWebTree) {
  const { chunk, ...run } = input.parse(event);
  return withWebJob(ports, run, open, (job) => copy(job, chunk.chunk));
}

export const handler = onLambda(copyChunk);
