import { onLambda } from './aws/lambda.ts';
import type { Ports } from './case/ports.ts';
import { jobInput } from './case/step-input.ts';
import { engineOf, turnOf } from './migration/engine.ts';
import { engines as everyEngine } from './migration/engines.ts';

/** Lists the source once, in as many calls as it takes (`more`), and cuts the work into chunks. */
export async function takeInventory(event: unknown, ports: Ports, engines = everyEngine) {
  const run = jobInput.parse(event);
  return turnOf(engineOf(engines, run.plan).takeInventory(ports, run));
}

export const handler = onLambda(takeInventory);
