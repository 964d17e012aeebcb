import * as z from 'zod';
import { onLambda } from './aws/lambda.ts';
import type { Ports } from './case/ports.ts';
import { caseInput } from './case/step-input.ts';
import { engineOf, turnOf } from './migration/engine.ts';
import { engines as everyEngine } from './migration/engines.ts';

const input = caseInput.extend({ scan: z.int().min(1) });

/** Looks for what the move will break in web data (R9), in as many calls as it takes (`more`). */
export async function scanWebData(event: unknown, ports: Ports, engines = everyEngine) {
  const scan = input.parse(event);
  const turn = engineOf(engines, 'web').scanForFixes?.(ports, scan);
  return turnOf(turn ?? Promise.resolve({ more: false }));
}

export const handler = onLambda(scanWebData);
