import { createHash } from 'node:crypto';
import { packBytes } from '../chunk.ts';
import { timeIsShort } from '../job.ts';
import * as keys from '../keys.ts';
import { readJson, writeJson } from '../ndjson.ts';
import { ObjectProblem } from '../object-problem.ts';
import { type FileHash, ResumableSha256, type Sha256State } from '../resumable-sha256.ts';
import type { ChunkWork } from './copy-chunk.ts';
import { type FileVersion, isSameFile, obtainPart } from './large-file-part.ts';
import { temporaryFor } from './temporary-names.ts';

/** Kept after each part that has arrived. */
export interface LargeFileState {
  /** Names the staged parts of one version of the file. */
  version: number;
  /** Of the file when its first part was read; another one means that it changed. */
  attributes?: FileVersion;
  /** Base64 of the path that is being written to. */
  temporary: string;
  /** Parts that have arrived there. */
  arrived: number;
  /** Only where a later call has taken the file up: of the first `parts` parts. */
  hash?: { parts: number; state: Sha256State };
}

export function freshState(
  work: ChunkWork,
  path: Buffer,
  version: number,
  attributes?: FileVersion,
): LargeFileState {
  const temporary = temporaryFor(work.job, path).toString('base64');
  return { version, temporary, arrived: 0, ...(attributes && { attributes }) };
}

/** Where an earlier call stopped, provided that what it wrote is still there; else from the first staged part. */
export async function beginState(work: ChunkWork, path: Buffer): Promise<LargeFileState> {
  const { job } = work;
  const state = await readJson<LargeFileState>(job.objects, keys.chunkState(job, work.plan, work.chunk));
  if (!state) return freshState(work, path, 1);
  try {
    const { size } = await job.target.inspect(Buffer.from(state.temporary, 'base64'));
    if (size >= state.arrived * packBytes) return state;
  } catch (error) {
    if (!(error instanceof ObjectProblem)) throw error;
  }
  return freshState(work, path, state.version, state.attributes);
}

export function saveState({ job, plan, chunk }: ChunkWork, state: LargeFileState): Promise<void> {
  return writeJson(job.objects, keys.chunkState(job, plan, chunk), state);
}

/**
 * The hash of what has arrived. node:crypto's is ten times as fast but cannot be written down: it serves a file that is
 * seen from its start, and what a later call takes up is hashed again, from the staged parts, by the one that can.
 * Undefined when time ran short.
 */
export async function hashOfArrived(
  work: ChunkWork,
  path: Buffer,
  state: LargeFileState,
  progress: { made: boolean },
): Promise<FileHash | undefined> {
  if (state.arrived === 0) return createHash('sha256');
  const hash = new ResumableSha256(state.hash?.state);
  for (let parts = state.hash?.parts ?? 0; parts < state.arrived; parts += 1) {
    if (timeIsShort(work.job)) return undefined;
    const part = await obtainPart(work, path, state.version, parts);
    // Gone from the stage and changed at the source: from the beginning, with what the source has now.
    if (typeof part === 'string' || !isSameFile(part.attributes, state.attributes)) {
      state.arrived = 0;
      delete state.attributes;
      delete state.hash;
      state.version += 1;
      state.temporary = freshState(work, path, state.version).temporary;
      return createHash('sha256');
    }
    state.hash = { parts: parts + 1, state: hash.update(part.content).state() };
    progress.made = true;
    await saveState(work, state);
  }
  return hash;
}
