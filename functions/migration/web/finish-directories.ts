import { inParallel } from '../in-parallel.ts';
import { modeOf, type ObjectLine, pathOf } from '../object-line.ts';
import { ObjectProblem } from '../object-problem.ts';
import type { FileTree } from './file-tree.ts';
import { TargetDirectories } from './target-directories.ts';

/**
 * Gives directories their modes and times, which writing into them changed. To be called for the chunks from the last
 * to the first: a directory comes after what is below it, so that taking the right to enter it locks nothing out.
 */
export async function finishDirectories(target: FileTree, lines: readonly ObjectLine[]): Promise<void> {
  const standing = new TargetDirectories(target, { make: false });
  const directories = lines.filter(
    (line) => line.kind === 'directory' && line.outcome && line.outcome !== 'skipped',
  );
  const closed = directories.filter((line) => (modeOf(line) & 0o100) === 0).reverse();
  await inParallel(
    directories.filter((line) => (modeOf(line) & 0o100) !== 0),
    48,
    (line) => finish(target, standing, line),
  );
  for (const line of closed) await finish(target, standing, line);
}

async function finish(target: FileTree, standing: TargetDirectories, line: ObjectLine): Promise<void> {
  const path = pathOf(line);
  if ((await standing.ensure(path)) !== undefined) return;
  try {
    const { mode, mtime } = await target.inspect(path);
    // A mode that somebody chose at the target after the directory had arrived stays; one that we opened up does not.
    const keep = line.outcome === 'unchanged' && mode !== (modeOf(line) | 0o700);
    const wanted = { mode: keep ? mode : modeOf(line), mtime: line.mtime ?? 0 };
    if (mode !== wanted.mode || mtime !== wanted.mtime) await target.setAttributes(path, wanted);
  } catch (error) {
    // What cannot be set is seen by the comparison that follows.
    if (!(error instanceof ObjectProblem)) throw error;
  }
}
