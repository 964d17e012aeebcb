import { createHash } from 'node:crypto';
import { packBytes } from '../chunk.ts';
import { timeIsShort } from '../job.ts';
import * as keys from '../keys.ts';
import { modeText, type ObjectLine, pathOf } from '../object-line.ts';
import { ObjectProblem } from '../object-problem.ts';
import { parentOf } from '../position.ts';
import { markProgress } from '../progress.ts';
import { ResumableSha256 } from '../resumable-sha256.ts';
import { type ChunkWork, finishPack } from './copy-chunk.ts';
import { putInPlace, whyUnwritable } from './deliver.ts';
import { isAsBefore, outcome } from './deliver-pack.ts';
import { type FileVersion, isSameFile, obtainPart, type Part } from './large-file-part.ts';
import { beginState, freshState, hashOfArrived, type LargeFileState, saveState } from './large-file-state.ts';
import { changedWhileRead, isRecent } from './read-pack.ts';
import { isReplaced, standingAt } from './standing-files.ts';
import { TargetDirectories } from './target-directories.ts';

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
  const directories = new TargetDirectories(job.target);
  const blocked = await directories.ensure(parentOf(path));
  if (blocked !== undefined) return finish(work, outcome(line, { why: blocked }));
  let state = await beginState(work, path);
  let hash = await hashOfArrived(work, path, state, progress);
  if (!hash) return false;
  let ahead: Promise<Part | string> | undefined;
  const startAgain = async (version: number, attributes?: FileVersion) => {
    // It is sealed into the buffer that the next part is sealed into.
    await ahead?.catch(() => undefined);
    state = freshState(work, path, version, attributes);
    hash = createHash('sha256');
    ahead = undefined;
  };
  for (;;) {
    if (timeIsShort(job)) return false;
    const part: Part | string = await (ahead ?? obtainPart(work, path, state.version, state.arrived));
    ahead = undefined;
    if (typeof part === 'string' && part !== changedWhileRead)
      return finish(work, outcome(line, { why: part }));
    if (typeof part !== 'string') state.attributes ??= part.attributes;
    if (typeof part === 'string' || !isSameFile(part.attributes, state.attributes)) {
      if (state.version >= mostVersions) return finish(work, outcome(line, { why: changedWhileRead }));
      await startAgain(state.version + 1);
      continue;
    }
    const start = state.arrived * packBytes;
    const end = start + part.content.length;
    if (end < part.attributes.size) {
      ahead = obtainPart(work, path, state.version, state.arrived + 1);
      ahead.catch(() => undefined);
    }
    const written = await write(work, state, start, part.content);
    if (written === 'lost') {
      if ((await job.objects.size(keys.ledgerPart(job, work.plan, work.chunk, 0))) !== undefined) return true;
      await startAgain(state.version, state.attributes);
      continue;
    }
    if (written !== undefined) return finish(work, outcome(line, { why: written }));
    hash.update(part.content);
    state.arrived += 1;
    progress.made = true;
    if (end >= part.attributes.size) {
      const done = await complete(work, directories, line, state, hash.digest('hex'));
      return finish(work, done, part.content.length);
    }
    if (hash instanceof ResumableSha256) state.hash = { parts: state.arrived, state: hash.state() };
    await saveState(work, state);
    const where = { chunk: work.chunk, pack: `part${state.arrived}` };
    await markProgress(job, work.plan, where, { objects: 0, bytes: part.content.length });
  }
}

/** `lost`: what was written before is gone, or in its final place by another attempt. */
async function write(work: ChunkWork, state: LargeFileState, start: number, content: Buffer) {
  try {
    const options = { create: start === 0, fresh: true };
    await work.job.target.write(Buffer.from(state.temporary, 'base64'), start, content, options);
    return undefined;
  } catch (error) {
    if (start > 0 && error instanceof ObjectProblem && error.reason === 'missing') return 'lost';
    return whyUnwritable(work.job, error);
  }
}

async function complete(
  work: ChunkWork,
  directories: TargetDirectories,
  planned: ObjectLine,
  state: LargeFileState,
  sha256: string,
) {
  const { stood, ...line } = planned;
  const { size, mode, mtime } = state.attributes!;
  const temporary = Buffer.from(state.temporary, 'base64');
  const read = {
    ...line,
    size,
    mode: modeText(mode),
    mtime,
    sha256,
    ...(isRecent(mtime, work.newest) && { recheck: true }),
    ...work.job.alterations?.missed(pathOf(line)),
  };
  const { target } = work.job;
  try {
    if (isAsBefore(line, read)) {
      await target.remove(temporary);
      return { ...read, outcome: 'unchanged' as const };
    }
    await target.setAttributes(temporary, { mode, mtime });
  } catch (error) {
    const isMissing = error instanceof ObjectProblem && error.reason === 'missing';
    const done = isMissing ? await doneByAnother(work, line, read) : undefined;
    return done ?? outcome(read, { why: await whyUnwritable(work.job, error) });
  }
  const [standing] = await standingAt(work.job, directories, [pathOf(line)]);
  const why = await putInPlace(work.job, temporary, pathOf(line));
  if (why !== undefined) return (await doneByAnother(work, line, read)) ?? outcome(read, { why });
  const replaced = isReplaced(standing, { size, mtime }, stood);
  return outcome(read, { ...(replaced && { replaced }) });
}

/** Another attempt at the same chunk was a moment earlier: what it wrote is in its place, and is read again to verify. */
async function doneByAnother({ job }: ChunkWork, line: ObjectLine, read: ObjectLine) {
  try {
    const { kind, size, mtime } = await job.target.inspect(pathOf(line));
    if (kind !== 'file' || size !== read.size || mtime !== read.mtime) return undefined;
    return { ...read, outcome: isAsBefore(line, read) ? ('unchanged' as const) : ('moved' as const) };
  } catch (error) {
    if (!(error instanceof ObjectProblem)) throw error;
    return undefined;
  }
}

/** The parts before the last have been counted already. */
async function finish(work: ChunkWork, line: ObjectLine, lastPart = 0): Promise<true> {
  await finishPack(work, 0, [line], lastPart);
  return true;
}
