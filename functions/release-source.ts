import { onLambda } from './aws/lambda.ts';
import type { Ports } from './case/ports.ts';
import { jobInput } from './case/step-input.ts';
import { engineOf } from './migration/engine.ts';
import { engines as everyEngine } from './migration/engines.ts';

/** At the end of every transfer, however it ended: what an engine took from the source's users is given back. */
export async function releaseSource(event: unknown, ports: Ports, engines = everyEngine) {
  const run = jobInput.parse(event);
  await engineOf(engines, run.plan).releaseSource?.(ports, run);
  return {};
}

export const handler = onLambda(releaseSource);
