import type { TransferSummary } from '../case/case.ts';
import type { Objects } from '../case/ports.ts';
import type { TransferJob } from './job.ts';
import * as keys from './keys.ts';
import { readJson, writeJson } from './ndjson.ts';

type Run = Pick<TransferJob, 'caseId' | 'plan' | 'run' | 'part'>;

/** The counts of a run that was verified to its end; undefined before that. */
export function readSummary(objects: Objects, run: Run): Promise<TransferSummary | undefined> {
  return readJson<TransferSummary>(objects, keys.summary(run));
}

export function writeSummary(objects: Objects, run: Run, summary: TransferSummary): Promise<void> {
  return writeJson(objects, keys.summary(run), summary);
}

/** What a step of the verification answers; `more`: it wants to be called again. */
export type TransferVerified =
  | { more: true; objects: number }
  | ({ more: false } & Pick<
      TransferSummary,
      'objects' | 'bytes' | 'moved' | 'altered' | 'skipped' | 'unchanged' | 'unexplained'
    >);

/** The counts of a run, for the state machine. */
export function transferVerified(summary: TransferSummary): TransferVerified {
  const { objects, bytes, moved, altered, skipped, unchanged, unexplained } = summary;
  return { more: false, objects, bytes, moved, altered, skipped, unchanged, unexplained };
}
