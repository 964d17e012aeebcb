import type { Objects } from '../case/ports.ts';
import type { TransferJob } from './job.ts';
import * as keys from './keys.ts';
import { readLinesIfAny } from './ndjson.ts';
import type { ReportLine } from './verification.ts';

/** A verification's report as a page shows it: how many of each result, and the first of them. */
export interface ReportDigest {
  results: { result: ReportLine['result']; objects: number; examples: ReportLine[] }[];
  /** False: there are more lines than were looked at; the report has all. */
  complete: boolean;
}

const mostLines = 200_000;
const mostExamples = 50;

/** Undefined when the run has no report. Memory holds the examples alone. */
export async function digestReport(
  objects: Objects,
  run: Pick<TransferJob, 'caseId' | 'plan' | 'run'>,
): Promise<ReportDigest | undefined> {
  const key = keys.report(run);
  if ((await objects.size(key)) === undefined) return undefined;
  const results = new Map<ReportLine['result'], ReportDigest['results'][number]>();
  let lines = 0;
  for await (const line of readLinesIfAny<ReportLine>(objects, key)) {
    // The first line is the summary.
    if (!line.result) continue;
    lines += 1;
    if (lines > mostLines) return { results: [...results.values()], complete: false };
    let of = results.get(line.result);
    if (!of) {
      of = { result: line.result, objects: 0, examples: [] };
      results.set(line.result, of);
    }
    of.objects += 1;
    if (of.examples.length < mostExamples) of.examples.push(line);
  }
  return { results: [...results.values()], complete: true };
}
