import { inParallel } from '../in-parallel.ts';
import { ObjectProblem } from '../object-problem.ts';
import type { FileTree, NewFile, Reading, WantedFile, WriteOptions } from './file-tree.ts';

const filesAtOnce = 96;

/** The batches of a tree whose server has no faster way than one file after the other, many at once. */
export abstract class OneByOne implements Pick<FileTree, 'readMany' | 'writeMany' | 'hashMany'> {
  abstract read(path: Buffer, start: number, length: number): Promise<Reading>;
  abstract write(path: Buffer, start: number, content: Buffer, options: WriteOptions): Promise<void>;

  readMany(files: readonly WantedFile[]): Promise<(Reading | ObjectProblem)[]> {
    return readEach(this, files);
  }

  writeMany(files: readonly NewFile[]): Promise<(ObjectProblem | undefined)[]> {
    return writeEach(this, files);
  }

  async hashMany(files: readonly WantedFile[]): Promise<(string | undefined)[]> {
    return files.map(() => undefined);
  }
}

export function readEach(
  tree: Pick<FileTree, 'read'>,
  files: readonly WantedFile[],
): Promise<(Reading | ObjectProblem)[]> {
  return each(files, ({ path, size }) => tree.read(path, 0, size));
}

export function writeEach(
  tree: Pick<FileTree, 'write'>,
  files: readonly NewFile[],
): Promise<(ObjectProblem | undefined)[]> {
  return each(files, ({ path, content, attributes }) =>
    tree.write(path, 0, content, { create: true, attributes }).then(() => undefined),
  );
}

/** A problem with one object is its result; anything else ends the batch. */
export async function each<T, R>(
  items: readonly T[],
  work: (item: T) => Promise<R>,
): Promise<(R | ObjectProblem)[]> {
  const results: (R | ObjectProblem)[] = [];
  await inParallel(items, filesAtOnce, async (item, index) => {
    try {
      results[index] = await work(item);
    } catch (error) {
      if (!(error instanceof ObjectProblem)) throw error;
      results[index] = error;
    }
  });
  return results;
}
