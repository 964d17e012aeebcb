import { deepest, longestPath, refuseName } from '../names.ts';
import { ObjectProblem } from '../object-problem.ts';
import { ancestorsOf, joinPath, nameOf } from '../position.ts';
import type { Attributes, Entry, FileTree } from './file-tree.ts';
import { Listing } from './listing.ts';

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
  ahead: Map<string, Listing>;
}

const listedAhead = 16;

/**
 * All below the root in the order of position.ts. Remembers the names of directories on the way, and one directory's
 * entries. Goes on from any position without a stored state: the directories above it are listed again.
 */
export async function* walk(tree: FileTree, { after, mayDescend }: WalkOptions = {}): AsyncGenerator<Found> {
  const frames: Frame[] = [];
  try {
    if (after === undefined) {
      yield* enter(frames, Buffer.alloc(0), new Listing(tree, Buffer.alloc(0)));
    } else {
      yield* resume(tree, frames, after);
    }
    for (let frame = frames.at(-1); frame; frame = frames.at(-1)) {
      const name = frame.below[frame.listed];
      frame.listed += 1;
      if (name === undefined) {
        frames.pop();
        continue;
      }
      const directory = joinPath(frame.directory, name);
      const begun = frame.ahead.get(name.toString('latin1'));
      frame.ahead.delete(name.toString('latin1'));
      if (mayDescend && !mayDescend(directory)) {
        await begun?.drop();
        continue;
      }
      lookAhead(tree, frame, mayDescend);
      yield* enter(frames, directory, begun ?? new Listing(tree, directory));
    }
  } finally {
    for (const frame of frames) for (const listing of frame.ahead.values()) await listing.drop();
  }
}

async function* enter(frames: Frame[], directory: Buffer, listing: Listing): AsyncGenerator<Found> {
  const listed = await entriesOf(listing);
  if (typeof listed === 'string') {
    yield unlistable(directory, listed);
    return;
  }
  const frame: Frame = { directory, below: [], listed: 0, ahead: new Map() };
  frames.push(frame);
  for (const entry of listed) {
    const found = examine(directory, entry);
    if (found.attributes.kind === 'directory' && !found.refused) frame.below.push(entry.name);
    yield found;
  }
}

/** Lists the directories above the position again, outermost first, and goes on behind it. */
async function* resume(tree: FileTree, frames: Frame[], after: Buffer): AsyncGenerator<Found> {
  const directories = [...ancestorsOf(after)];
  if (directories[0]?.length !== 0) directories.unshift(Buffer.alloc(0));
  for (const [level, directory] of directories.entries()) {
    const listed = await entriesOf(new Listing(tree, directory));
    if (typeof listed === 'string') return;
    const last = level === directories.length - 1;
    const passed = last ? undefined : nameOf(directories[level + 1]!);
    const allowed = listed.filter((entry) => {
      const found = examine(directory, entry);
      return found.attributes.kind === 'directory' && !found.refused;
    });
    frames.push({
      directory,
      below: allowed
        .map((entry) => entry.name)
        .filter((name) => passed === undefined || Buffer.compare(name, passed) > 0),
      listed: 0,
      ahead: new Map(),
    });
    if (!last) continue;
    for (const entry of listed) {
      if (Buffer.compare(entry.name, nameOf(after)) > 0) yield examine(directory, entry);
    }
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

function examine(directory: Buffer, { name, attributes }: Entry): Found {
  const path = joinPath(directory, name);
  const refused = refuseName(name) ?? refusePath(path);
  return refused === undefined ? { path, attributes } : { path, attributes, refused };
}

function refusePath(path: Buffer): string | undefined {
  if (path.length > longestPath) return `パスが${longestPath}バイトを超えています`;
  if (ancestorsOf(path).length >= deepest) return `フォルダの階層が${deepest}を超えています`;
  return undefined;
}

function unlistable(directory: Buffer, refused: string): Found {
  const path = directory.length === 0 ? directory : Buffer.concat([directory, Buffer.from('/')]);
  return { path, attributes: { kind: 'other', size: 0, mode: 0, mtime: 0 }, refused };
}

function lookAhead(tree: FileTree, frame: Frame, mayDescend: WalkOptions['mayDescend']): void {
  for (const name of frame.below.slice(frame.listed, frame.listed + listedAhead)) {
    const key = name.toString('latin1');
    const directory = joinPath(frame.directory, name);
    if (frame.ahead.has(key) || (mayDescend && !mayDescend(directory))) continue;
    frame.ahead.set(key, new Listing(tree, directory));
  }
}
