import { TerminalError } from '../case/errors.ts';
import type { TransferJob } from './job.ts';
import { readJson, writeJson } from './ndjson.ts';

const mostFruitlessCalls = 3;

/**
 * Counts, below `key`, the calls in a row that ran out of time without having made anything: a server too slow for one
 * piece of work within a whole call would be asked for ever. At the third throws TerminalError, which says what to do.
 */
export async function countFruitless(
  { objects }: Pick<TransferJob, 'objects'>,
  key: string,
  made: boolean,
  whatToDo: string,
): Promise<void> {
  const before = made ? 0 : ((await readJson<{ fruitless: number }>(objects, key))?.fruitless ?? 0) + 1;
  await writeJson(objects, key, { fruitless: before < mostFruitlessCalls ? before : 0 });
  if (before >= mostFruitlessCalls) throw new TerminalError(whatToDo);
}
