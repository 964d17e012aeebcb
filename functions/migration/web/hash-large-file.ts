import { packBytes } from '../chunk.ts';
import { timeIsShort } from '../job.ts';
import { type ObjectLine, pathOf } from '../object-line.ts';
import { ResumableSha256 } from '../resumable-sha256.ts';
import type { VerifyState } from '../verification.ts';
import type { Job } from './job.ts';

/** A file's SHA-256, part by part and over several calls; undefined when time ran short and the state was kept. */
export async function hashLargeFile(
  job: Job,
  state: VerifyState,
  line: ObjectLine,
  end: 'source' | 'target',
): Promise<string | undefined> {
  const path = pathOf(line);
  const key = `${end}:${path.toString('base64')}`;
  const hash = new ResumableSha256(state.hashing[key]);
  const read = (start: number) => job[end].read(path, start, Math.min(packBytes, line.size - start));
  let ahead = hash.bytes < line.size ? read(hash.bytes) : undefined;
  while (ahead) {
    ahead.catch(() => undefined);
    if (timeIsShort(job)) return undefined;
    const { content } = await ahead;
    // Shorter than the ledger says: the hash of what there is tells so.
    if (content.length === 0) break;
    const next = hash.bytes + content.length;
    ahead = next < line.size ? read(next) : undefined;
    state.hashing[key] = hash.update(content).state();
  }
  return hash.digest();
}
