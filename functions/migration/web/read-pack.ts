import { createHash } from 'node:crypto';
import { packBytes } from '../chunk.ts';
import { type ObjectLine, pathOf } from '../object-line.ts';
import { ObjectProblem } from '../object-problem.ts';
import type { Pack } from '../staging.ts';
import type { Attributes, FileTree, Reading } from './file-tree.ts';

/** What reading a file gave; `at` is its place in the pack. The contents follow in the order of those without `why`. */
export type FileRead =
  | { at: number; size: number; mode: number; mtime: number; sha256: string; recheck?: true }
  | { at: number; why: string };

export type PackHeader = readonly FileRead[];

export const changedWhileRead = '読み取り中に移行元で変更されました(次回の差分移行の対象)';

/**
 * Reads the files of a pack from the source, each once; one that changed meanwhile a second time. Memory: the pack, and
 * as much again for files that have grown since the inventory; contents may be in `room`. `newest` is the plan's.
 */
export async function readPack(
  source: FileTree,
  lines: readonly ObjectLine[],
  newest?: number,
  room?: Buffer,
): Promise<Pack<PackHeader>> {
  const files = lines.flatMap((line, at) => {
    const { kind, size, mtime } = line;
    if (kind !== 'file' || line.outcome !== undefined) return [];
    return [{ path: pathOf(line), size, ...(mtime !== undefined && { mtime }), at }];
  });
  let growth = packBytes;
  const header: FileRead[] = [];
  const contents: Buffer[] = [];
  for (const [index, first] of (await source.readMany(files, room)).entries()) {
    const { path, size, at } = files[index]!;
    let reading = first;
    if (!(reading instanceof ObjectProblem) && !isWhole(reading)) {
      const more = Math.max(0, reading.after.size - size);
      if (more <= growth) {
        growth -= more;
        [reading] = (await source.readMany([{ path, size: reading.after.size }])) as [typeof first];
      }
    }
    if (reading instanceof ObjectProblem) {
      header.push({ at, why: unreadable(reading) });
    } else if (!isWhole(reading)) {
      header.push({ at, why: changedWhileRead });
    } else {
      header.push({ at, ...factsOf(reading.after, reading.content, newest) });
      contents.push(reading.content);
    }
  }
  return { header, contents };
}

function isWhole(reading: Reading): boolean {
  return isSteady(reading, reading.before.size);
}

/** Nothing changed while it was read, and all that was asked for came. */
export function isSteady({ before, after, content }: Reading, expected: number): boolean {
  return (
    before.kind === 'file' &&
    before.size === after.size &&
    before.mtime === after.mtime &&
    content.length === expected
  );
}

export function unreadable(problem: ObjectProblem): string {
  if (problem.reason === 'missing') return '棚卸しの後に移行元からなくなりました';
  return problem.reason === 'denied'
    ? '移行元で読み取りが許可されていません'
    : '移行元で読み取りに失敗しました';
}

function factsOf({ size, mode, mtime }: Attributes, content: Buffer, newest: number | undefined) {
  const sha256 = createHash('sha256').update(content).digest('hex');
  return { size, mode, mtime, sha256, ...(isRecent(mtime, newest) && { recheck: true as const }) };
}

/**
 * Servers' times have whole seconds, and whole minutes where FTP's LIST alone tells them: a second write within one cannot
 * be told from the first. By our clock; and since the source's may be behind, whatever is newer than all that the inventory
 * saw may have been written this very second.
 */
export function isRecent(mtime: number, newest = Number.POSITIVE_INFINITY): boolean {
  const unit = mtime % 60 === 0 ? 60 : 1;
  return mtime >= Math.floor(Date.now() / 1000) - unit || mtime > newest;
}
