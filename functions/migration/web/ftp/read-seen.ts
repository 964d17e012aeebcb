import type { Reading, WantedFile } from '../file-tree.ts';
import { askPassive } from './data-connection.ts';
import { download } from './download.ts';
import { attributesQuestion } from './look-up.ts';
import { joined } from './read-file.ts';
import { isDone } from './reply.ts';
import type { Server } from './server.ts';

/**
 * A whole file that is as the inventory saw it, with one question instead of two: what it was before is known. Undefined
 * when that cannot be said of it, or it does not come at once: it is to be read with care then. Throws TransientError.
 */
export async function readSeen(
  server: Server,
  path: string,
  { size, mtime }: WantedFile,
): Promise<Reading | undefined> {
  const { pool, traits, throttle } = server;
  if (!traits.mlst || size === 0 || mtime === undefined) return undefined;
  const question = attributesQuestion(traits, path);
  const read = await pool.use(async (control) => {
    const pieces: Buffer[] = [];
    let bytes = 0;
    const { port } = await askPassive(control, traits);
    const { reply } = await download(control, port, `RETR ${path}`, throttle, (piece) => {
      pieces.push(piece);
      bytes += piece.length;
      return bytes <= size;
    });
    if (!isDone(reply) || bytes !== size) return undefined;
    // Not awaited here: the answer comes while somebody else has the connection.
    const asked = control.ask(...question.commands);
    asked.catch(() => undefined);
    return { content: joined(pieces, size), asked };
  });
  if (!read) return undefined;
  const [reply] = await read.asked;
  if (!isDone(reply!)) return undefined;
  const after = question.read([reply!]);
  if (after.kind !== 'file' || after.size !== size || after.mtime !== mtime) return undefined;
  return { before: after, after, content: read.content };
}
