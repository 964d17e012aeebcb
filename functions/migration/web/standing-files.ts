import { inParallel } from '../in-parallel.ts';
import type { ObjectLine } from '../object-line.ts';
import { ObjectProblem } from '../object-problem.ts';
import { joinPath, parentOf } from '../position.ts';
import type { Attributes } from './file-tree.ts';
import type { Job } from './job.ts';
import type { TargetDirectories } from './target-directories.ts';
import { isTemporary } from './temporary-names.ts';

const directoriesAtOnce = 16;
const objectsAtOnce = 48;
/** So few files are looked up one by one; and so are those of a directory with more entries than can be listed at once. */
const few = 4;
const mostListed = 1000;

/**
 * What stands at the target where files are about to be put, in their order. Nothing is asked about a directory that
 * this chunk has made or has seen empty.
 */
export async function standingAt(
  job: Job,
  directories: TargetDirectories,
  paths: readonly Buffer[],
): Promise<(Attributes | undefined)[]> {
  const standing: (Attributes | undefined)[] = [];
  const byDirectory = new Map<string, { path: Buffer; at: number }[]>();
  for (const [at, path] of paths.entries()) {
    const directory = parentOf(path);
    if (directories.isOurs(directory)) continue;
    const key = directory.toString('latin1');
    byDirectory.set(key, [...(byDirectory.get(key) ?? []), { path, at }]);
  }
  await inParallel([...byDirectory], directoriesAtOnce, async ([key, files]) => {
    const directory = Buffer.from(key, 'latin1');
    const listed = files.length > few ? await entriesOf(job, directory) : undefined;
    if (listed?.size === 0) directories.noteEmpty(directory);
    await inParallel(files, objectsAtOnce, async ({ path, at }) => {
      standing[at] = listed ? listed.get(path.toString('latin1')) : await found(job, path);
    });
  });
  return standing;
}

/** Whether something else goes when this is put there: neither the same, nor what the run before has left. */
export function isReplaced(
  standing: Attributes | undefined,
  own: { size: number; mtime: number },
  stood: ObjectLine['stood'],
): boolean {
  if (!standing || standing.kind === 'directory') return false;
  const isThis = (one: { size: number; mtime?: number }) =>
    one.size === standing.size && (one.mtime === undefined || one.mtime === standing.mtime);
  return standing.kind !== 'file' || !(isThis(own) || (stood !== undefined && isThis(stood)));
}

/** By path (latin1); undefined when they are many, or not to be had. */
async function entriesOf(job: Job, directory: Buffer): Promise<Map<string, Attributes> | undefined> {
  const entries = new Map<string, Attributes>();
  try {
    for await (const batch of job.target.list(directory)) {
      for (const { name, attributes } of batch) {
        if (isTemporary(job, name)) continue;
        entries.set(joinPath(directory, name).toString('latin1'), attributes);
      }
      if (entries.size > mostListed) return undefined;
    }
    return entries;
  } catch (error) {
    if (error instanceof ObjectProblem) return undefined;
    throw error;
  }
}

async function found(job: Job, path: Buffer): Promise<Attributes | undefined> {
  try {
    return await job.target.inspect(path);
  } catch (error) {
    if (error instanceof ObjectProblem) return undefined;
    throw error;
  }
}
