import { onLambda } from './aws/lambda.ts';
import type { Ports } from './case/ports.ts';
import { jobInput } from './case/step-input.ts';
import { engineOf, turnOf } from './migration/engine.ts';
import { engines as everyEngine } from './migration/engines.ts';

/** Reads both ends again, in as many calls as it takes (`more`); the ledger is whole when it is done. */
export async function verifyTransfer(event: unknown, ports: Ports, engines = everyEngine) {
  const run = jobInput.parse(event);
  return turnOf(engineOf(engines, run.plan).verifyTransfer(ports, run));
}

export const handler = onLambda(verifyTransfer);
