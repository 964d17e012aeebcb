/** One entry of an archive: POSIX ustar (IEEE 1003.1-1988), with GNU's long names where 100 bytes are not enough. */
export const blockBytes = 512;

const longestShortName = 100;
const longNameFlag = 'L';

export interface FileFacts {
  size: number;
  mode: number;
  mtime: number;
}

/** What comes before a file's content. */
export function fileHeader(name: Buffer, facts: FileFacts): Buffer {
  if (name.length <= longestShortName) return header(name, '0', facts);
  const long = Buffer.concat([name, Buffer.of(0)]);
  return Buffer.concat([
    header(Buffer.from('././@LongLink'), longNameFlag, { size: long.length, mode: 0o644, mtime: 0 }),
    long,
    Buffer.alloc(paddingAfter(long.length)),
    header(name.subarray(0, longestShortName), '0', facts),
  ]);
}

/** Of an entry in all: header, content and padding. */
export function entryBytes(nameLength: number, size: number): number {
  const long = nameLength + 1;
  const longName = nameLength <= longestShortName ? 0 : blockBytes + long + paddingAfter(long);
  return longName + blockBytes + size + paddingAfter(size);
}

/** Content fills whole blocks. */
export function paddingAfter(size: number): number {
  return (blockBytes - (size % blockBytes)) % blockBytes;
}

/** Two empty blocks end an archive. */
export const endOfArchive = Buffer.alloc(2 * blockBytes);

function header(name: Buffer, flag: string, { size, mode, mtime }: FileFacts): Buffer {
  const block = Buffer.alloc(blockBytes);
  name.copy(block);
  octal(block, 100, 7, mode);
  octal(block, 108, 7, 0);
  octal(block, 116, 7, 0);
  octal(block, 124, 11, size);
  octal(block, 136, 11, mtime);
  block.write('        ', 148, 'latin1');
  block.write(flag, 156, 'latin1');
  block.write('ustar  ', 257, 'latin1');
  octal(block, 148, 6, checksum(block));
  return block;
}

function octal(block: Buffer, at: number, digits: number, value: number): void {
  block.write(value.toString(8).padStart(digits, '0'), at, 'latin1');
  block[at + digits] = 0;
}

/** The sum of a header's bytes, its own field counted as spaces. */
export function checksum(block: Buffer): number {
  let sum = 8 * 0x20;
  for (let at = 0; at < 148; at += 1) sum += block[at]!;
  for (let at = 156; at < blockBytes; at += 1) sum += block[at]!;
  return sum;
}
