import * as keys from '../../keys.ts';
import { linesOf, readLines } from '../../ndjson.ts';
import { markProgress } from '../../progress.ts';
import type { DatabaseJob } from '../job.ts';
import type { DatabaseLine } from '../line.ts';

/** The lines of the ledger of a dump's rows, once all of it is replayed. `why`: what could not be made, by path. */
export async function enterReplayedLines(
  job: DatabaseJob,
  plan: string,
  why: Readonly<Record<string, string>> = {},
): Promise<void> {
  let range = 0;
  for await (const line of readLines<DatabaseLine>(job.objects, keys.chunkObjects(job, plan, 1))) {
    await job.objects.put(keys.ledgerPart(job, plan, 1, range), linesOf([replayed(line, why)]));
    await markProgress(job, plan, { chunk: 1, pack: range }, { objects: 1, bytes: line.size });
    range++;
  }
}

export function replayed(line: DatabaseLine, why: Readonly<Record<string, string>>): DatabaseLine {
  const reason = why[line.path ?? ''];
  return reason === undefined ? { ...line, outcome: 'moved' } : { ...line, outcome: 'skipped', why: reason };
}
