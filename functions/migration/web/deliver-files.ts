import { inParallel } from '../in-parallel.ts';
import type { ObjectLine } from '../object-line.ts';
import { ignoringProblem } from '../object-problem.ts';
import { parentOf } from '../position.ts';
import { type Delivered, putInPlace, whyUnwritable } from './deliver.ts';
import type { NewFile } from './file-tree.ts';
import type { Job } from './job.ts';
import { isReplaced, standingAt } from './standing-files.ts';
import type { TargetDirectories } from './target-directories.ts';
import { temporaryFor } from './temporary-names.ts';

const renamedAtOnce = 128;

export interface FileToPut extends NewFile {
  stood?: ObjectLine['stood'];
  /** The source has not changed: what somebody has put in its place since then stays. */
  sameSource?: boolean;
}

/**
 * Written under temporary names and renamed: nothing stands at its final name before it is whole. Throws when the target
 * takes nothing at all.
 */
export async function deliverFiles(
  job: Job,
  directories: TargetDirectories,
  files: readonly FileToPut[],
): Promise<Delivered[]> {
  const delivered: Delivered[] = [];
  await inParallel(files, renamedAtOnce, async ({ path }, index) => {
    const why = await directories.ensure(parentOf(path));
    delivered[index] = why === undefined ? {} : { why };
  });
  const open = files.flatMap((file, index) =>
    delivered[index]!.why === undefined ? [{ file, index, temporary: temporaryFor(job, file.path) }] : [],
  );
  const looking = standingAt(
    job,
    directories,
    open.map(({ file }) => file.path),
  );
  looking.catch(() => undefined);
  const problems = await job.target.writeMany(
    open.map(({ file, temporary }) => ({ ...file, path: temporary })),
  );
  const standing = await looking;
  await inParallel(open, renamedAtOnce, async ({ file, index, temporary }, at) => {
    const problem = problems[at];
    const own = { size: file.content.length, mtime: file.attributes.mtime };
    const replaced = isReplaced(standing[at], own, file.stood);
    if (replaced && file.sameSource) {
      await ignoringProblem(job.target.remove(temporary));
      delivered[index] = { kept: true };
      return;
    }
    const why = await (problem ? whyUnwritable(job, problem) : putInPlace(job, temporary, file.path));
    delivered[index] = why === undefined ? { ...(replaced && { replaced }) } : { why };
  });
  return delivered;
}
