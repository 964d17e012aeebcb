import { ObjectProblem } from '../object-problem.ts';
import type { Attributes, FileTree } from '../web/file-tree.ts';

/** Undefined where there is no such object. Links are followed only when asked. */
export async function lookAt(
  server: FileTree,
  path: string,
  follow = false,
): Promise<Attributes | undefined> {
  try {
    return await server.inspect(Buffer.from(path), follow);
  } catch (error) {
    if (error instanceof ObjectProblem && error.reason === 'missing') return undefined;
    throw error;
  }
}

/** The beginning of a file; undefined where there is none. */
export async function beginningOf(
  server: FileTree,
  path: string,
  length: number,
): Promise<Buffer | undefined> {
  try {
    return (await server.read(Buffer.from(path), 0, length)).content;
  } catch (error) {
    if (error instanceof ObjectProblem && error.reason === 'missing') return undefined;
    throw error;
  }
}
