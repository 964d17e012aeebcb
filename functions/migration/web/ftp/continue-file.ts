import { ObjectProblem } from '../../object-problem.ts';
import type { Control } from './control.ts';
import type { OpenUploads } from './open-uploads.ts';
import { readFile } from './read-file.ts';
import { isDone, isIntermediate, problemOf, type Reply } from './reply.ts';
import type { Server } from './server.ts';
import { type Writing, writeFile } from './write-file.ts';

/** Bytes of a file's beginning that are held in memory to be written once more. */
const mostRewritten = 64 * 1024 * 1024;

/** The command that writes at `start` of a file of `size` bytes. Throws ObjectProblem where there is none. */
export async function storeCommand(
  control: Control,
  path: string,
  start: number,
  size: number,
): Promise<string> {
  if (start === 0) return `STOR ${path}`;
  if (size < start) throw new ObjectProblem('missing', 'write');
  if (size === start) return `APPE ${path}`;
  const [restart] = await control.ask(`REST ${start}`);
  if (isIntermediate(restart)) return `STOR ${path}`;
  throw new ObjectProblem('missing', 'write');
}

/** The server lets no file be continued in a second transfer. */
export function isContinuationRefused({ code, text }: Reply, path: string): boolean {
  return code >= 400 && /append|restart|\b50[024]\b/i.test(text.replaceAll(path, ''));
}

/**
 * Where a file cannot be continued, its beginning is read back and written once more, and the transfer stays open for
 * what follows. `missing` makes the engine begin the file again, from its staged copy.
 */
export async function rewriteFile(server: Server, uploads: OpenUploads, writing: Writing): Promise<void> {
  const { path, start, content } = writing;
  if (start > mostRewritten) throw new ObjectProblem('missing', 'write');
  const { content: beginning } = await readFile(server, path, 0, start, undefined);
  if (beginning.length < start) throw new ObjectProblem('missing', 'write');
  const [reply] = await server.pool.ask(`DELE ${path}`);
  if (!isDone(reply)) throw problemOf(reply, path, 'write', 'denied');
  const whole = { start: 0, content: Buffer.concat([beginning, content]), create: true, free: true };
  await writeFile(server, uploads, { ...writing, ...whole });
}
