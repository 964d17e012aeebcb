import { ObjectProblem } from '../../object-problem.ts';
import { parentOf } from '../../position.ts';
import type { Directories } from './directories.ts';
import { inspect } from './inspect.ts';
import { isDone, problemOf } from './reply.ts';
import { absolute, type Server } from './server.ts';

/** Replaces a file or a link at `to`, never a directory. Throws ObjectProblem. */
export async function rename(
  server: Server,
  directories: Directories,
  from: Buffer,
  to: Buffer,
): Promise<void> {
  const [moved, standing] = [await directories.find(from), await directories.find(to)];
  // Some servers rename over what a link leads to.
  if (standing?.attributes.kind === 'symlink') await remove(server, directories, to);
  try {
    await ask(server, from, to);
  } catch (error) {
    for (const path of [from, to]) directories.forget(parentOf(path));
    if (!(error instanceof ObjectProblem) || error.reason === 'missing') throw error;
    const { kind } = await inspect(server, directories, to, false);
    if (kind === 'directory') throw new ObjectProblem('failed', 'rename');
    await remove(server, directories, to);
    await ask(server, from, to);
  }
  await directories.note(from, undefined);
  if (moved) await directories.note(to, moved.attributes);
}

/** A file or a link. Throws ObjectProblem. */
export async function remove(server: Server, directories: Directories, path: Buffer): Promise<void> {
  const at = absolute(server, path);
  const [reply] = await server.pool.ask(`DELE ${at}`);
  if (!isDone(reply)) {
    directories.forget(parentOf(path));
    const problem = problemOf(reply, at, 'remove', 'failed');
    if (problem instanceof ObjectProblem && problem.reason === 'failed') {
      await inspect(server, directories, path, false);
    }
    throw problem;
  }
  await directories.note(path, undefined);
}

async function ask(server: Server, from: Buffer, to: Buffer): Promise<void> {
  const [source, aim] = [absolute(server, from), absolute(server, to)];
  const [found, renamed] = await server.pool.ask(`RNFR ${source}`, `RNTO ${aim}`);
  if (found.code >= 400) throw problemOf(found, source, 'rename', 'missing');
  if (!isDone(renamed)) throw problemOf(renamed, aim, 'rename', 'failed');
}
