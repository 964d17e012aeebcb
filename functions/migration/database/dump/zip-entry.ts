import { TerminalError } from '../../../case/errors.ts';
import type { Objects } from '../../../case/ports.ts';

export interface ZipEntry {
  /** Bytes of the archive that hold the content; `end` exclusive. */
  start: number;
  end: number;
  /** Not compressed. */
  stored: boolean;
}

/** End of central directory with the longest comment, and a directory of one or few files. */
const mostTail = 65_557;

/**
 * Where the one file of a zip archive lies (APPNOTE.TXT 4.3). Its name is never used. Archives with several files, with a
 * password or beyond 4 GB are refused. Throws TerminalError.
 */
export async function zipEntry(objects: Objects, key: string): Promise<ZipEntry> {
  const size = (await objects.size(key)) ?? 0;
  const tail = await read(objects, key, Math.max(0, size - mostTail), size);
  const at = tail.lastIndexOf(Buffer.from('PK\x05\x06'));
  if (at < 0 || at + 22 > tail.length) throw refused('zipファイルではないか、途中で切れています');
  const count = tail.readUInt16LE(at + 10);
  const directoryAt = tail.readUInt32LE(at + 16);
  if (count !== 1) throw refused(`ファイルが${count}個入っています。ダンプを1個だけ入れてください`);
  if (directoryAt === 0xffffffff || directoryAt + 46 > size) throw refused('大きすぎるか、壊れています');
  const entry = await read(objects, key, directoryAt, directoryAt + 46);
  if (entry.readUInt32LE(0) !== 0x02014b50) throw refused('壊れています');
  const flags = entry.readUInt16LE(8);
  const method = entry.readUInt16LE(10);
  const packed = entry.readUInt32LE(20);
  const headerAt = entry.readUInt32LE(42);
  if (flags & 1) throw refused('パスワードがかかっています');
  if (method !== 0 && method !== 8) throw refused('対応していない圧縮方式です');
  if (packed === 0xffffffff || headerAt + 30 > size) throw refused('大きすぎるか、壊れています');
  const header = await read(objects, key, headerAt, headerAt + 30);
  if (header.readUInt32LE(0) !== 0x04034b50) throw refused('壊れています');
  const start = headerAt + 30 + header.readUInt16LE(26) + header.readUInt16LE(28);
  if (start + packed > size) throw refused('壊れています');
  return { start, end: start + packed, stored: method === 0 };
}

async function read(objects: Objects, key: string, start: number, end: number): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of objects.get(key, { start, end })) pieces.push(piece);
  const bytes = Buffer.concat(pieces);
  if (bytes.length !== end - start) throw refused('途中で切れています');
  return bytes;
}

function refused(why: string): TerminalError {
  return new TerminalError(`zipファイルを読み取れません(${why})。取り込んでいません。`);
}
