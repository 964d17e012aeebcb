import { singly } from '../ndjson.ts';
import { ObjectProblem } from '../object-problem.ts';
import { ancestorsOf, joinPath, nameOf } from '../position.ts';
import { entryExaminer, isOpenDirectory } from './examine-entry.ts';
import type { Attributes, Entry, FileTree } from './file-tree.ts';
import { Listing } from './listing.ts';
import { ListingsAhead } from './listings-ahead.ts';

export interface Found {
  /** A directory's path with a `/` behind it stands for its content, which could not be listed. */
  path: Buffer;
  attributes: Attributes;
  /** Why it must be left out. */
  refused?: string;
}

export interface WalkOptions {
  /** The position at which an earlier walk stopped. */
  after?: Buffer;
  /** Asked before a directory is listed; without: all are. */
  mayDescend?: (directory: Buffer) => boolean;
}

interface Frame {
  directory: Buffer;
  /** Names of the subdirectories in order, and how many have been listed. */
  below: Buffer[];
  listed: number;
}

const mostTogether = 1000;

/**
 * All below the root in the order of position.ts. Remembers the names of directories on the way, and one directory's
 * entries. Goes on from any position without a stored state: the directories above it are listed again.
 */
export function walk(tree: FileTree, options: WalkOptions = {}): AsyncGenerator<Found> {
  return singly(walkInBatches(tree, options));
}

/** The same, as much at a time as was listed together: of one directory, 1,000 at most. */
export async function* walkInBatches(
  tree: FileTree,
  { after, mayDescend }: WalkOptions = {},
): AsyncGenerator<Found[]> {
  const frames: Frame[] = [];
  // Whether a directory may be entered is known when its parent has been given, not before.
  const ahead = new ListingsAhead(tree, { deep: mayDescend === undefined });
  try {
    if (after === undefined) {
      yield* enter(frames, ahead, Buffer.alloc(0));
    } else {
      yield* resume(tree, frames, after);
    }
    for (let frame = frames.at(-1); frame; frame = frames.at(-1)) {
      ahead.begin(upcoming(frames, mayDescend));
      const name = frame.below[frame.listed];
      frame.listed += 1;
      if (name === undefined) {
        frames.pop();
        continue;
      }
      const directory = joinPath(frame.directory, name);
      if (mayDescend && !mayDescend(directory)) await ahead.drop(directory);
      else yield* enter(frames, ahead, directory);
    }
  } finally {
    await ahead.drop(Buffer.alloc(0));
  }
}

/** The directories that come next, the nearest first. */
function* upcoming(frames: readonly Frame[], mayDescend: WalkOptions['mayDescend']): Generator<Buffer> {
  for (const frame of frames.toReversed()) {
    for (let at = frame.listed; at < frame.below.length; at += 1) {
      const directory = joinPath(frame.directory, frame.below[at]!);
      if (!mayDescend || mayDescend(directory)) yield directory;
    }
  }
}

async function* enter(frames: Frame[], ahead: ListingsAhead, directory: Buffer): AsyncGenerator<Found[]> {
  const listed = await entriesOf(ahead.take(directory));
  if (typeof listed === 'string') {
    if (directory.length > 0) await ahead.drop(directory);
    yield [unlistable(directory, listed)];
    return;
  }
  const frame: Frame = { directory, below: [], listed: 0 };
  frames.push(frame);
  const examine = entryExaminer(directory);
  for (let at = 0; at < listed.length; at += mostTogether) {
    const batch = listed.slice(at, at + mostTogether).map(examine);
    for (const [index, found] of batch.entries()) {
      if (isOpenDirectory(found)) frame.below.push(listed[at + index]!.name);
    }
    yield batch;
  }
}

/** Lists the directories above the position again, outermost first, and goes on behind it. */
async function* resume(tree: FileTree, frames: Frame[], after: Buffer): AsyncGenerator<Found[]> {
  const directories = [...ancestorsOf(after)];
  if (directories[0]?.length !== 0) directories.unshift(Buffer.alloc(0));
  for (const [level, directory] of directories.entries()) {
    const listed = await entriesOf(new Listing(tree, directory));
    if (typeof listed === 'string') return;
    const last = level === directories.length - 1;
    const passed = last ? undefined : nameOf(directories[level + 1]!);
    const found = listed.map(entryExaminer(directory));
    frames.push({
      directory,
      below: found
        .filter(isOpenDirectory)
        .map(({ path }) => nameOf(path))
        .filter((name) => passed === undefined || Buffer.compare(name, passed) > 0),
      listed: 0,
    });
    if (!last) continue;
    const following = found.filter(({ path }) => Buffer.compare(nameOf(path), nameOf(after)) > 0);
    for (let at = 0; at < following.length; at += mostTogether) yield following.slice(at, at + mostTogether);
  }
}

/** The entries, or why there are none to be had. */
async function entriesOf(listing: Listing): Promise<Entry[] | string> {
  try {
    if (!(await listing.isDirectory())) {
      await listing.drop();
      return 'フォルダではなくなっていました';
    }
    return (await listing.entries()) ?? 'フォルダ内の件数が多すぎます';
  } catch (error) {
    if (!(error instanceof ObjectProblem)) throw error;
    return error.reason === 'denied'
      ? 'フォルダの一覧が許可されていません'
      : 'フォルダの一覧を取得できません';
  }
}

function unlistable(directory: Buffer, refused: string): Found {
  const path = directory.length === 0 ? directory : Buffer.concat([directory, Buffer.from('/')]);
  return { path, attributes: { kind: 'other', size: 0, mode: 0, mtime: 0 }, refused };
}
