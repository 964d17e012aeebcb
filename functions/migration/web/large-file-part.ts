import { packBytes } from '../chunk.ts';
import * as keys from '../keys.ts';
import { ObjectProblem } from '../object-problem.ts';
import { stagePack, unstagePack } from '../staging.ts';
import type { ChunkWork } from './copy-chunk.ts';
import type { Attributes } from './file-tree.ts';
import { changedWhileRead, isSteady, unreadable } from './read-pack.ts';

export type FileVersion = Pick<Attributes, 'size' | 'mode' | 'mtime'>;

/** packBytes of a large file; the last part is shorter. */
export interface Part {
  /** Of the whole file, when this was read. */
  attributes: FileVersion;
  content: Buffer;
}

/** From the staged copy where there is one, else from the source. Returns why not, where there is none to be had. */
export async function obtainPart(
  work: ChunkWork,
  path: Buffer,
  version: number,
  number: number,
): Promise<Part | string> {
  const { job } = work;
  const key = keys.stagedPack(job, work.plan, work.chunk, `${version}-${number}`);
  const staged = await unstagePack<FileVersion>(job.objects, work.dataKey, key);
  if (staged) return { attributes: staged.header, content: staged.contents[0]! };
  try {
    const start = number * packBytes;
    const reading = await job.source.read(path, start, packBytes);
    if (!isSteady(reading, Math.min(packBytes, Math.max(0, reading.before.size - start))))
      return changedWhileRead;
    const { size, mode, mtime } = reading.after;
    const attributes = { size, mode, mtime };
    const part = { header: attributes, contents: [reading.content] };
    await stagePack(job.objects, work.dataKey, key, part, work.sealed);
    return { attributes, content: reading.content };
  } catch (error) {
    if (!(error instanceof ObjectProblem)) throw error;
    return unreadable(error);
  }
}

export function isSameFile(a: FileVersion, b: FileVersion | undefined): boolean {
  return a.size === b?.size && a.mtime === b.mtime;
}
