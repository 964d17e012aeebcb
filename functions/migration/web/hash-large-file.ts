import { createHash } from 'node:crypto';
import { packBytes } from '../chunk.ts';
import { type ObjectLine, pathOf } from '../object-line.ts';
import { type FileHash, ResumableSha256 } from '../resumable-sha256.ts';
import type { VerifyState } from '../verification.ts';
import type { Job } from './job.ts';

/**
 * A file's SHA-256, part by part. The first call uses node:crypto's hash; when its time is not enough, the next ones use
 * the slower one that can be written down. Undefined when time ran short.
 */
export async function hashLargeFile(
  job: Job,
  state: VerifyState,
  line: ObjectLine,
  end: 'source' | 'target',
  timeIsShort: () => boolean,
): Promise<string | undefined> {
  const path = pathOf(line);
  const key = `${end}:${path.toString('base64')}`;
  const known = state.hashed?.[key];
  if (known !== undefined) return known;
  const stored = state.hashing[key];
  const hash: FileHash = stored ? new ResumableSha256(stored) : createHash('sha256');
  let at = stored?.bytes ?? 0;
  const read = (start: number) => job[end].read(path, start, Math.min(packBytes, line.size - start));
  let ahead = at < line.size ? read(at) : undefined;
  while (ahead) {
    ahead.catch(() => undefined);
    if (timeIsShort()) {
      state.hashing[key] = (hash instanceof ResumableSha256 ? hash : new ResumableSha256()).state();
      return undefined;
    }
    const { content } = await ahead;
    // Shorter than the ledger says: the hash of what there is tells so.
    if (content.length === 0) break;
    at += content.length;
    ahead = at < line.size ? read(at) : undefined;
    hash.update(content);
  }
  const digest = hash.digest('hex');
  // The other end may need more calls yet.
  state.hashed = { ...state.hashed, [key]: digest };
  return digest;
}
