import { createHash } from 'node:crypto';
import { packBytes } from '../chunk.ts';
import { timeIsShort } from '../job.ts';
import * as keys from '../keys.ts';
import { readJson, writeJson } from '../ndjson.ts';
import { modeText, type ObjectLine, pathOf } from '../object-line.ts';
import { ObjectProblem } from '../object-problem.ts';
import { parentOf } from '../position.ts';
import { markProgress } from '../progress.ts';
import { type FileHash, ResumableSha256, type Sha256State } from '../resumable-sha256.ts';
import { stagePack, unstagePack } from '../staging.ts';
import { type ChunkWork, finishPack } from './copy-chunk.ts';
import { putInPlace, unwritable } from './deliver.ts';
import { isAsBefore, outcome } from './deliver-pack.ts';
import type { Attributes } from './file-tree.ts';
import { changedWhileRead, isRecent, isSteady, unreadable } from './read-pack.ts';
import { TargetDirectories } from './target-directories.ts';
import { temporaryFor } from './temporary-names.ts';

/** Kept after each part that has arrived. */
interface LargeFileState {
  /** Names the staged parts of one version of the file. */
  version: number;
  /** Of the file when its first part was read; another one means that it changed. */
  attributes?: Pick<Attributes, 'size' | 'mode' | 'mtime'>;
  /** Base64 of the path that is being written to. */
  temporary: string;
  /** Parts that have arrived there. */
  arrived: number;
  /** Only where a later call has taken the file up: of the first `parts` parts. */
  hash?: { parts: number; state: Sha256State };
}

interface Part {
  attributes: Pick<Attributes, 'size' | 'mode' | 'mtime'>;
  content: Buffer;
}

const mostVersions = 2;

/**
 * A file above packBytes, part by part: read, staged, written at its place under a temporary name, renamed when it is
 * whole. Memory: the part that is delivered and the one that is read ahead. False when time ran short.
 */
export async function copyLargeFile(
  work: ChunkWork,
  line: ObjectLine,
  progress: { made: boolean },
): Promise<boolean> {
  const { job } = work;
  const path = pathOf(line);
  if ((await job.objects.size(keys.ledgerPart(job, work.plan, work.chunk, 0))) !== undefined) return true;
  const blocked = await new TargetDirectories(job.target).ensure(parentOf(path));
  if (blocked !== undefined) return finish(work, outcome(line, blocked));
  let state = await begin(work, path);
  let hash = await hashOfArrived(work, path, state, progress);
  if (!hash) return false;
  let ahead: Promise<Part | string> | undefined;
  const startAgain = (version: number, attributes?: LargeFileState['attributes']) => {
    state = fresh(work, path, version, attributes);
    hash = createHash('sha256');
    ahead = undefined;
  };
  for (;;) {
    if (timeIsShort(job)) return false;
    const part: Part | string = await (ahead ?? obtain(work, path, state, state.arrived));
    ahead = undefined;
    if (typeof part === 'string' && part !== changedWhileRead) return finish(work, outcome(line, part));
    if (typeof part !== 'string') state.attributes ??= part.attributes;
    if (typeof part === 'string' || !isSameFile(part.attributes, state.attributes)) {
      if (state.version >= mostVersions) return finish(work, outcome(line, changedWhileRead));
      startAgain(state.version + 1);
      continue;
    }
    const start = state.arrived * packBytes;
    const end = start + part.content.length;
    if (end < part.attributes.size) {
      ahead = obtain(work, path, state, state.arrived + 1);
      ahead.catch(() => undefined);
    }
    const written = await write(work, state, start, part.content);
    if (written === 'lost') {
      if ((await job.objects.size(keys.ledgerPart(job, work.plan, work.chunk, 0))) !== undefined) return true;
      startAgain(state.version, state.attributes);
      continue;
    }
    if (written !== undefined) return finish(work, outcome(line, written));
    hash.update(part.content);
    state.arrived += 1;
    progress.made = true;
    if (end >= part.attributes.size) {
      const done = await complete(work, line, state, hash.digest('hex'));
      return finish(work, done, part.content.length);
    }
    if (hash instanceof ResumableSha256) state.hash = { parts: state.arrived, state: hash.state() };
    await writeJson(job.objects, keys.chunkState(job, work.plan, work.chunk), state);
    const where = { chunk: work.chunk, pack: `part${state.arrived}` };
    await markProgress(job, work.plan, where, { objects: 0, bytes: part.content.length });
  }
}

/**
 * The hash of what has arrived. node:crypto's is ten times as fast but cannot be written down: it serves a file that is
 * seen from its start, and what a later call takes up is hashed again, from the staged parts, by the one that can.
 * Undefined when time ran short.
 */
async function hashOfArrived(
  work: ChunkWork,
  path: Buffer,
  state: LargeFileState,
  progress: { made: boolean },
): Promise<FileHash | undefined> {
  if (state.arrived === 0) return createHash('sha256');
  const hash = new ResumableSha256(state.hash?.state);
  for (let parts = state.hash?.parts ?? 0; parts < state.arrived; parts += 1) {
    if (timeIsShort(work.job)) return undefined;
    const part = await obtain(work, path, state, parts);
    // Gone from the stage and changed at the source: from the beginning, with what the source has now.
    if (typeof part === 'string' || !isSameFile(part.attributes, state.attributes)) {
      state.arrived = 0;
      delete state.attributes;
      delete state.hash;
      state.version += 1;
      state.temporary = fresh(work, path, state.version).temporary;
      return createHash('sha256');
    }
    state.hash = { parts: parts + 1, state: hash.update(part.content).state() };
    progress.made = true;
    await writeJson(work.job.objects, keys.chunkState(work.job, work.plan, work.chunk), state);
  }
  return hash;
}

function isSameFile(a: Part['attributes'], b: LargeFileState['attributes']): boolean {
  return a.size === b?.size && a.mtime === b.mtime;
}

function fresh(
  work: ChunkWork,
  path: Buffer,
  version: number,
  attributes?: LargeFileState['attributes'],
): LargeFileState {
  const temporary = temporaryFor(work.job, path).toString('base64');
  return { version, temporary, arrived: 0, ...(attributes && { attributes }) };
}

/** Where an earlier call stopped, provided that what it wrote is still there; else from the first staged part. */
async function begin(work: ChunkWork, path: Buffer): Promise<LargeFileState> {
  const { job } = work;
  const state = await readJson<LargeFileState>(job.objects, keys.chunkState(job, work.plan, work.chunk));
  if (!state) return fresh(work, path, 1);
  try {
    const { size } = await job.target.inspect(Buffer.from(state.temporary, 'base64'));
    if (size >= state.arrived * packBytes) return state;
  } catch (error) {
    if (!(error instanceof ObjectProblem)) throw error;
  }
  return fresh(work, path, state.version, state.attributes);
}

/** A part, or why there is none. */
async function obtain(
  work: ChunkWork,
  path: Buffer,
  state: LargeFileState,
  number: number,
): Promise<Part | string> {
  const { job } = work;
  const key = keys.stagedPack(job, work.plan, work.chunk, `${state.version}-${number}`);
  const staged = await unstagePack<Part['attributes']>(job.objects, work.dataKey, key);
  if (staged) return { attributes: staged.header, content: staged.contents[0]! };
  try {
    const start = number * packBytes;
    const reading = await job.source.read(path, start, packBytes);
    if (!isSteady(reading, Math.min(packBytes, Math.max(0, reading.before.size - start))))
      return changedWhileRead;
    const { size, mode, mtime } = reading.after;
    const attributes = { size, mode, mtime };
    await stagePack(job.objects, work.dataKey, key, { header: attributes, contents: [reading.content] });
    return { attributes, content: reading.content };
  } catch (error) {
    if (!(error instanceof ObjectProblem)) throw error;
    return unreadable(error);
  }
}

/** `lost`: what was written before is gone, or in its final place by another attempt. */
async function write(work: ChunkWork, state: LargeFileState, start: number, content: Buffer) {
  try {
    const options = { create: start === 0 };
    await work.job.target.write(Buffer.from(state.temporary, 'base64'), start, content, options);
    return undefined;
  } catch (error) {
    if (start > 0 && error instanceof ObjectProblem && error.reason === 'missing') return 'lost';
    return unwritable(error);
  }
}

async function complete(work: ChunkWork, line: ObjectLine, state: LargeFileState, sha256: string) {
  const { size, mode, mtime } = state.attributes!;
  const temporary = Buffer.from(state.temporary, 'base64');
  const read = {
    ...line,
    size,
    mode: modeText(mode),
    mtime,
    sha256,
    ...(isRecent(mtime) && { recheck: true }),
  };
  if (isAsBefore(line, read)) {
    await work.job.target.remove(temporary);
    return { ...read, outcome: 'unchanged' as const };
  }
  try {
    await work.job.target.setAttributes(temporary, { mode, mtime });
  } catch (error) {
    return outcome(read, unwritable(error));
  }
  return outcome(read, await putInPlace(work.job, temporary, pathOf(line)));
}

/** The parts before the last have been counted already. */
async function finish(work: ChunkWork, line: ObjectLine, lastPart = 0): Promise<true> {
  await finishPack(work, 0, [line], lastPart);
  return true;
}
