import * as z from 'zod';
import { onLambda } from './aws/lambda.ts';
import { changeCase } from './case/change-case.ts';
import type { Ports } from './case/ports.ts';
import { caseInput } from './case/step-input.ts';
import { recordScan as record } from './case/web-fixes/scan-decisions.ts';
import { readScanProblem, readScanResult } from './migration/web/fixes/scan-end.ts';

/** `error`: the name of what stopped the scan, '' for none. */
const input = caseInput.extend({ scan: z.int().min(1), error: z.string() });

/** Enters the end of a scan into the case: what was found, or why nothing was. */
export async function recordScan(event: unknown, ports: Ports) {
  const { caseId, scan, error } = input.parse(event);
  const result = error ? undefined : await readScanResult(ports.objects, caseId, scan);
  const problem = result ? undefined : await readScanProblem(ports.objects, caseId, scan);
  const author = { actor: 'system', by: 'record-scan' } as const;
  await changeCase(ports, caseId, author, (decision) => record(decision, scan, result ?? { problem }));
  return {};
}

export const handler = onLambda(recordScan);
