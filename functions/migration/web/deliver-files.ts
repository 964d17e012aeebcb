import { inParallel } from '../in-parallel.ts';
import { parentOf } from '../position.ts';
import { putInPlace, unwritable } from './deliver.ts';
import type { NewFile } from './file-tree.ts';
import type { Job } from './job.ts';
import type { TargetDirectories } from './target-directories.ts';
import { temporaryFor } from './temporary-names.ts';

const renamedAtOnce = 128;

/**
 * Written under temporary names and renamed: nothing stands at its final name before it is whole. Returns for each why
 * it could not be delivered, or undefined when it stands at its place. Throws when the target takes nothing at all.
 */
export async function deliverFiles(
  job: Job,
  directories: TargetDirectories,
  files: readonly NewFile[],
): Promise<(string | undefined)[]> {
  const why: (string | undefined)[] = [];
  await inParallel(files, renamedAtOnce, async ({ path }, index) => {
    why[index] = await directories.ensure(parentOf(path));
  });
  const open = files.flatMap((file, index) =>
    why[index] === undefined ? [{ file, index, temporary: temporaryFor(job, file.path) }] : [],
  );
  const problems = await job.target.writeMany(
    open.map(({ file, temporary }) => ({ ...file, path: temporary })),
  );
  await inParallel(open, renamedAtOnce, async ({ file, index, temporary }, at) => {
    const problem = problems[at];
    why[index] = problem ? unwritable(problem) : await putInPlace(job, temporary, file.path);
  });
  return why;
}
