import { ObjectProblem } from '../../object-problem.ts';
import type { Attributes, Reading } from '../file-tree.ts';
import type { Control } from './control.ts';
import { askPassive } from './data-connection.ts';
import { download } from './download.ts';
import { attributesQuestion } from './look-up.ts';
import { isIntermediate, problemOf } from './reply.ts';
import type { Server } from './server.ts';

/** `listed`: what LIST said of it, where MLST does not tell. */
export async function readFile(
  server: Server,
  path: string,
  start: number,
  length: number,
  listed: Attributes | undefined,
): Promise<Reading> {
  const question = attributesQuestion(server.traits, path, listed);
  const { before, content, again } = await server.pool.use(async (control) => {
    const { replies, port } = await askPassive(control, server.traits, ...question.commands);
    const before = question.read(replies);
    if (before.kind === 'directory') throw new ObjectProblem('failed', 'read');
    // An empty file, or nothing beyond its end: no server has to be asked for that.
    if (start >= before.size) return { before, content: Buffer.alloc(0), again: async () => replies };
    const part = await askPart(server, control, start, Math.min(length, before.size - start), before.size);
    const pieces: Buffer[] = [];
    let bytes = 0;
    const { reply, complete } = await download(control, port, `RETR ${path}`, server.throttle, (piece) => {
      pieces.push(piece);
      bytes += piece.length;
      // At the file's end one byte more tells that it has grown; the end itself is awaited.
      return part.endsByItself ? bytes <= length : bytes < length;
    });
    // The file was there a moment ago: what gives no reason now is most likely the right to read it.
    if (reply.code >= 400 && (complete || bytes === 0)) throw problemOf(reply, path, 'read', 'denied');
    const content = joined(pieces, Math.min(bytes, length));
    // Not awaited here: the answer comes while somebody else has the connection.
    const asked = control.closed ? undefined : control.ask(...question.commands);
    asked?.catch(() => undefined);
    // Breaking off may have cost the connection: another one is asked.
    return { before, content, again: () => asked ?? server.pool.ask(...question.commands) };
  });
  return whole(server, path, start, length, { before, content, after: question.read(await again()) });
}

/** Data that end early look like the end of the file: one that has not changed has not become shorter. */
export function whole(
  { cuts }: Server,
  path: string,
  start: number,
  length: number,
  reading: Reading,
): Reading {
  const { before, content, after } = reading;
  const expected = Math.min(length, Math.max(0, before.size - start));
  const part = `RETR ${start} ${path}`;
  if (content.length >= expected || before.size !== after.size || before.mtime !== after.mtime) {
    cuts.forget(part);
    return reading;
  }
  cuts.note(part);
  throw new ObjectProblem('failed', 'read');
}

/** Asks for a part as far as the server can; else more comes than is wanted, and the transfer is broken off. */
async function askPart(
  { traits }: Server,
  control: Control,
  start: number,
  length: number,
  size: number,
): Promise<{ endsByItself: boolean }> {
  const toTheEnd = start + length >= size;
  if (!toTheEnd && traits.range) {
    const [range] = await control.ask(`RANG ${start} ${start + length - 1}`);
    if (isIntermediate(range)) return { endsByItself: true };
    traits.range = false;
  }
  if (start > 0) {
    const [restart] = await control.ask(`REST ${start}`);
    if (!isIntermediate(restart)) throw new ObjectProblem('failed', 'read');
  }
  return { endsByItself: toTheEnd };
}

/** Of a transfer's pieces; one alone is not copied. */
export function joined(pieces: readonly Buffer[], length: number): Buffer {
  const [only] = pieces;
  if (only && pieces.length === 1) return only.subarray(0, length);
  return Buffer.concat(pieces, length);
}
