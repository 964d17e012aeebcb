import { crc32 } from 'node:zlib';

/** A zip archive of these files, nothing compressed (APPNOTE.TXT 4.3): one that holds what was counted and no surprise. */
export function storedZip(files: ReadonlyMap<string, Buffer>): Buffer<ArrayBuffer> {
  const local: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const [path, content] of files) {
    const name = Buffer.from(path);
    // Version 2.0, UTF-8 names, stored, no time; from byte 4 of a local header and byte 6 of the directory's the same.
    const facts = Buffer.alloc(26);
    facts.writeUInt16LE(20, 0);
    facts.writeUInt16LE(0x0800, 2);
    facts.writeUInt32LE(crc32(content), 10);
    facts.writeUInt32LE(content.length, 14);
    facts.writeUInt32LE(content.length, 18);
    facts.writeUInt16LE(name.length, 22);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(at, 10);
    const header = [Buffer.from('PK\x03\x04'), facts, name, content];
    local.push(...header);
    directory.push(Buffer.from('PK\x01\x02\x14\x00'), facts, place, name);
    at += header.reduce((sum, part) => sum + part.length, 0);
  }
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06');
  end.writeUInt16LE(files.size, 8);
  end.writeUInt16LE(files.size, 10);
  end.writeUInt32LE(
    directory.reduce((sum, part) => sum + part.length, 0),
    12,
  );
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...local, ...directory, end]);
}
