import * as z from 'zod';
import { onLambda } from './aws/lambda.ts';
import type { Ports } from './case/ports.ts';
import { jobInput } from './case/step-input.ts';
import { collectSeldom } from './migration/collect-seldom.ts';
import { engineOf, turnOf } from './migration/engine.ts';
import { engines as everyEngine } from './migration/engines.ts';

/** A line of the list of chunks, as the Distributed Map hands it out. */
const input = jobInput.extend({
  chunk: z.object({ chunk: z.int().min(0), through: z.int().optional() }).loose(),
});

/** Moves one chunk, or a row of them, in as many calls as it takes (`more`). Twice, or at once, does no harm. */
export async function copyChunk(event: unknown, ports: Ports, engines = everyEngine) {
  const { chunk, ...run } = input.parse(event);
  return turnOf(engineOf(engines, run.plan).copyChunk(ports, run, chunk.chunk, chunk.through));
}

export const handler = onLambda((event: unknown, ports: Ports) => {
  collectSeldom();
  return copyChunk(event, ports);
});
