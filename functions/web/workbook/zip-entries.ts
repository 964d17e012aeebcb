import { inflateRawSync } from 'node:zlib';
import { RefusedWorkbook, refusals } from './refused-workbook.ts';

/** Pictures and printer settings of a workbook included. */
const mostEntries = 500;
/** Of everything that is inflated, counted as it comes out: what the archive says of sizes is believed by nobody. */
const mostBytes = 10 * 1024 * 1024;
/** End of central directory with the longest comment. */
const mostTail = 65_557;

/**
 * The wanted files of a zip archive (APPNOTE.TXT 4.3) that is in memory already; the others are not inflated (threats.md,
 * row 6). Throws RefusedWorkbook: broken, encrypted, too many files, or more than 10 MB inflated.
 */
export function zipEntries(archive: Buffer, wanted: (name: string) => boolean): Map<string, Buffer> {
  const found = new Map<string, Buffer>();
  let bytes = 0;
  for (const { name, packed, stored } of directory(archive)) {
    if (!wanted(name)) continue;
    if (found.has(name)) throw new RefusedWorkbook(refusals.broken);
    const content = stored ? packed : inflated(packed, mostBytes - bytes);
    bytes += content.length;
    if (bytes > mostBytes) throw new RefusedWorkbook(refusals.large);
    found.set(name, content);
  }
  return found;
}

function* directory(archive: Buffer): Generator<{ name: string; packed: Buffer; stored: boolean }> {
  const end = archive.lastIndexOf('PK\x05\x06');
  if (end < archive.length - mostTail || end < 0 || end + 22 > archive.length) throw broken();
  const count = archive.readUInt16LE(end + 10);
  if (count > mostEntries) throw new RefusedWorkbook(refusals.large);
  let at = archive.readUInt32LE(end + 16);
  for (let entry = 0; entry < count; entry += 1) {
    if (at + 46 > end || archive.readUInt32LE(at) !== 0x02014b50) throw broken();
    const [flags, method] = [archive.readUInt16LE(at + 8), archive.readUInt16LE(at + 10)];
    const nameEnd = at + 46 + archive.readUInt16LE(at + 28);
    const name = archive.toString('utf8', at + 46, nameEnd);
    if (flags & 1) throw new RefusedWorkbook(refusals.encrypted);
    if (method !== 0 && method !== 8) throw broken();
    const packed = content(archive, archive.readUInt32LE(at + 42), archive.readUInt32LE(at + 20));
    yield { name, packed, stored: method === 0 };
    at = nameEnd + archive.readUInt16LE(at + 30) + archive.readUInt16LE(at + 32);
  }
}

/** Behind its local header, of which only the length counts. */
function content(archive: Buffer, at: number, length: number): Buffer {
  if (at + 30 > archive.length || archive.readUInt32LE(at) !== 0x04034b50) throw broken();
  const start = at + 30 + archive.readUInt16LE(at + 26) + archive.readUInt16LE(at + 28);
  if (start + length > archive.length) throw broken();
  return archive.subarray(start, start + length);
}

function inflated(packed: Buffer, most: number): Buffer {
  try {
    return inflateRawSync(packed, { maxOutputLength: Math.max(most, 1) });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new RefusedWorkbook(code === 'ERR_BUFFER_TOO_LARGE' ? refusals.large : refusals.broken);
  }
}

function broken(): RefusedWorkbook {
  return new RefusedWorkbook(refusals.broken);
}
