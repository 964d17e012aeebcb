import type { Objects } from '../../../case/ports.ts';
import { findingsKey } from '../../../case/web-fixes/web-fixes.ts';
import { readLinesIfAny } from '../../ndjson.ts';
import { unstagePack } from '../../staging.ts';
import { pageFindings } from './conclude-scan.ts';
import type { Finding, ShownFinding } from './finding.ts';
import * as keys from './keys.ts';

/**
 * A page of the report, from 0: with the lines that it is about while the customer's data is there, then the facts alone
 * (R24). Empty beyond the end.
 */
export async function readFindings(
  objects: Objects,
  dataKey: Buffer | undefined,
  caseId: string,
  scan: number,
  page: number,
): Promise<ShownFinding[]> {
  const shown =
    dataKey && (await unstagePack<ShownFinding[]>(objects, dataKey, keys.shownPage(caseId, scan, page)));
  if (shown) return shown.header;
  const found: Finding[] = [];
  let at = 0;
  for await (const finding of readLinesIfAny<Finding>(objects, findingsKey(caseId, scan))) {
    if (at >= page * pageFindings) found.push(finding);
    at += 1;
    if (found.length === pageFindings) break;
  }
  return found;
}
