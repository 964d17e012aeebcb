import { NotFoundError, type Objects } from '../case/ports.ts';
import { longestLine } from './object-line.ts';
import { seal, unseal } from './seal.ts';

/**
 * A staged pack: what was read from the source in one go, as one encrypted object: length of the header (4 bytes),
 * header (JSON), the contents one after the other. Bounded in memory: see packBytes in chunk.ts.
 */
export interface Pack<Header> {
  header: Header;
  contents: readonly Buffer[];
}

const mostPackBytes = 64 * 1024 * 1024;
const pieceBytes = 64 * 1024;

export async function stagePack<Header>(
  objects: Objects,
  dataKey: Buffer,
  key: string,
  pack: Pack<Header>,
  /** To seal into, for callers that stage much: it is free again when this is done. */
  into?: Buffer,
): Promise<void> {
  const header = Buffer.from(
    JSON.stringify({ header: pack.header, lengths: pack.contents.map((c) => c.length) }),
  );
  const length = Buffer.alloc(4);
  length.writeUInt32BE(header.length);
  await objects.put(key, seal(dataKey, key, [length, header, ...pack.contents.flatMap(inPieces)], into));
}

/** What is encrypted at once is in memory twice. */
function inPieces(content: Buffer): Buffer[] {
  const pieces: Buffer[] = [];
  for (let at = 0; at < content.length; at += pieceBytes) pieces.push(content.subarray(at, at + pieceBytes));
  return pieces;
}

/** Undefined when nothing is staged there, or when it is not what was staged: the source is read again then. */
export async function unstagePack<Header>(
  objects: Objects,
  dataKey: Buffer,
  key: string,
): Promise<Pack<Header> | undefined> {
  const sealed = await wholeObject(objects, key);
  const opened = sealed && unseal(dataKey, key, sealed);
  if (!opened) return undefined;
  const headerLength = opened.readUInt32BE(0);
  const { header, lengths } = JSON.parse(opened.toString('utf8', 4, 4 + headerLength)) as {
    header: Header;
    lengths: number[];
  };
  let at = 4 + headerLength;
  const contents = lengths.map((length) => {
    at += length;
    return opened.subarray(at - length, at);
  });
  return { header, contents };
}

async function wholeObject(objects: Objects, key: string): Promise<Buffer | undefined> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  try {
    for await (const piece of objects.get(key)) {
      bytes += piece.length;
      if (bytes > mostPackBytes + longestLine) return undefined;
      pieces.push(piece);
    }
  } catch (error) {
    if (error instanceof NotFoundError) return undefined;
    throw error;
  }
  return Buffer.concat(pieces);
}
