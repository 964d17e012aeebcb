import { timeIsShort } from '../job.ts';
import { deliveredOf, type ObjectLine, pathOf } from '../object-line.ts';
import { type Depth, isHashed } from './compare.ts';
import { changeAtSource } from './compare-source.ts';
import type { WantedFile } from './file-tree.ts';
import type { Job } from './job.ts';
import type { Aligned } from './merge.ts';

export type End = 'source' | 'target';
/** What each end's server computed by itself, without sending the content. */
export type ServerHashes = Record<End, ReadonlyMap<Aligned, string>>;

/** Bytes a second that a slow server hashes: what would not be done in the time that is left is read part by part. */
const slowly = 20_000_000;

/** Of the files of a batch that are to be hashed; without those that only reading tells. */
export async function serverHashes(job: Job, batch: readonly Aligned[], depth: Depth): Promise<ServerHashes> {
  const files = batch.filter(({ line, target }) => line && isHashed(line, target?.attributes, depth));
  const bytes = files.reduce((sum, { line }) => sum + line!.size, 0);
  if (files.length === 0 || timeIsShort({ remaining: () => job.remaining() - (1000 * bytes) / slowly })) {
    return { source: new Map(), target: new Map() };
  }
  const asBefore = files.filter(({ line, source }) => !changeAtSource(line!, source?.attributes));
  const [source, target] = await Promise.all([ask(job, 'source', asBefore), ask(job, 'target', files)]);
  return { source, target };
}

async function ask(job: Job, end: End, files: readonly Aligned[]): Promise<Map<Aligned, string>> {
  const wanted = files.map(({ line }) => wantedFile(line!, end));
  const hashes = await job[end].hashMany(wanted);
  return new Map(
    files.flatMap((aligned, at) => (hashes[at] === undefined ? [] : [[aligned, hashes[at]] as const])),
  );
}

/** At the target it may have an approved fix in it, and another size. */
export function wantedFile(line: ObjectLine, end: End): WantedFile {
  return { path: pathOf(line), size: end === 'target' ? deliveredOf(line).size : line.size };
}
