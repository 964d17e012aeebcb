import * as z from 'zod';
import type { Objects } from '../../../case/ports.ts';
import { fixRuleNames } from '../../../case/web-fixes/rules.ts';
import type { ScanResult } from '../../../case/web-fixes/web-fixes.ts';
import { readJson } from '../../ndjson.ts';
import * as keys from './keys.ts';

const severity = z.enum(['info', 'warning', 'blocker']);
const scanResult = z.object({
  files: z.int(),
  read: z.int(),
  findings: z.int(),
  leftOut: z.int(),
  leftOutFirst: z.array(z.object({ place: z.string(), why: z.string() })).optional(),
  cutShort: z.boolean(),
  rules: z.string(),
  groups: z.array(
    z.object({
      rule: z.enum(fixRuleNames),
      severity,
      places: z.int(),
      files: z.int(),
      hours: z.number(),
      first: z.string(),
    }),
  ),
}) satisfies z.ZodType<ScanResult>;

/** Undefined before a scan is through, and once the customer's data is erased. */
export async function readScanResult(
  objects: Objects,
  caseId: string,
  scan: number,
): Promise<ScanResult | undefined> {
  const found = await readJson<unknown>(objects, keys.scanResult(caseId, scan));
  return found === undefined ? undefined : scanResult.parse(found);
}

/** Why a scan stopped, in words for staff. */
export async function readScanProblem(
  objects: Objects,
  caseId: string,
  scan: number,
): Promise<string | undefined> {
  const found = await readJson<unknown>(objects, keys.scanProblem(caseId, scan));
  return found === undefined ? undefined : z.object({ message: z.string() }).parse(found).message;
}
