import { Readable } from 'node:stream';
import { createGunzip, createInflateRaw } from 'node:zlib';
import type { DatabaseDump } from '../../../case/database-access.ts';
import { TerminalError } from '../../../case/errors.ts';
import type { Objects } from '../../../case/ports.ts';
import { inWhole } from './whole-dump.ts';
import { zipEntry } from './zip-entry.ts';

/** Text of a dump, unpacked. */
const mostBytes = 200 * 1024 ** 3;
/** Beyond this, zeros have been packed to fill our disk: text never packs so well. */
const mostRatio = 200;
/** The ratio is looked at once there is something to look at. */
const graceBytes = 64 * 1024 * 1024;

/** The dump as it is read, piece by piece; nothing is unpacked to a disk. Throws TerminalError, NotFoundError. */
export function openDump(objects: Objects, dump: DatabaseDump): AsyncGenerator<Buffer> {
  return inWhole(bounded(objects, dump));
}

async function* bounded(objects: Objects, dump: DatabaseDump): AsyncGenerator<Buffer> {
  const packed = (await objects.size(dump.dump)) ?? 0;
  let bytes = 0;
  try {
    for await (const piece of await unpacked(objects, dump)) {
      bytes += piece.length;
      if (bytes > mostBytes || (bytes > graceBytes && bytes > packed * mostRatio)) throw tooLarge();
      yield Buffer.from(piece);
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code?.startsWith('Z_')) throw broken();
    throw error;
  }
}

async function unpacked(
  objects: Objects,
  { dump, compression }: DatabaseDump,
): Promise<AsyncIterable<Uint8Array>> {
  if (compression === 'none') return objects.get(dump);
  if (compression === 'gzip') return through(objects.get(dump), createGunzip());
  const entry = await zipEntry(objects, dump);
  const content = objects.get(dump, { start: entry.start, end: entry.end });
  return entry.stored ? content : through(content, createInflateRaw());
}

function through(content: AsyncIterable<Uint8Array>, inflate: NodeJS.ReadWriteStream): AsyncIterable<Buffer> {
  const source = Readable.from(content);
  source.on('error', (error) => (inflate as unknown as Readable).destroy(error));
  return source.pipe(inflate) as unknown as AsyncIterable<Buffer>;
}

function tooLarge(): TerminalError {
  return new TerminalError(
    'ダンプの展開後の大きさが上限を超えました。取り込みを止めました。ダンプを分割してお送りください。',
  );
}

function broken(): TerminalError {
  return new TerminalError('ダンプの圧縮が壊れています。もう一度お送りください。');
}
