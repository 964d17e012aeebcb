import { join } from 'node:path';

/**
 * Where an object lies. Each segment of its key is a directory, the last one a file whose name ends in `,`. Bytes other
 * than a-z 0-9 _ - . are written `%xx` (upper case too: some file systems do not tell a from A), and a segment is
 * broken after every 64 bytes into directories that end in `+`, because a file name holds 255. So no key leads out of
 * the folder, `a` and `a/b` can both be there, and reading directories in the order of `entryOrder` gives keys in order.
 */
const pieceBytes = 64;

const escapeBytes = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => {
    const letter = String.fromCharCode(byte);
    return /[a-z0-9_.-]/.test(letter) ? letter : `%${byte.toString(16).padStart(2, '0')}`;
  }).join('');

const bytesOf = (name: string): Buffer =>
  Buffer.from(
    name.replace(/%([0-9a-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  );

function segmentPath(segment: string): string[] {
  const bytes = Buffer.from(segment);
  const whole = Math.floor(bytes.length / pieceBytes);
  const names: string[] = [];
  for (let piece = 0; piece < whole; piece++) {
    names.push(`${escapeBytes(bytes.subarray(piece * pieceBytes, (piece + 1) * pieceBytes))}+`);
  }
  return [...names, escapeBytes(bytes.subarray(whole * pieceBytes))];
}

/** A directory whose segment ends just after a whole piece has no name of its own: `%`. */
const directoryPath = (segment: string): string[] => {
  const names = segmentPath(segment);
  return names.at(-1) === '' ? [...names.slice(0, -1), '%'] : names;
};

export function objectPath(folder: string, key: string): string {
  const segments = key.split('/');
  const last = segments.pop()!;
  return join(folder, ...segments.flatMap(directoryPath), `${segmentPath(last).join('/')},`);
}

/** The directory of all keys that begin with `prefix`, which ends in `/`. */
export function prefixPath(folder: string, prefix: string): string {
  return join(folder, ...prefix.split('/').slice(0, -1).flatMap(directoryPath));
}

export interface Entry {
  name: string;
  file: boolean;
  /** What it adds to the bytes of the key. */
  part: Buffer;
}

export function entryOf(name: string): Entry {
  if (name.endsWith(',')) return { name, file: true, part: bytesOf(name.slice(0, -1)) };
  if (name.endsWith('+')) return { name, file: false, part: bytesOf(name.slice(0, -1)) };
  return {
    name,
    file: false,
    part: Buffer.concat([name === '%' ? Buffer.alloc(0) : bytesOf(name), Buffer.from('/')]),
  };
}

export const entryOrder = (a: Entry, b: Entry): number => Buffer.compare(a.part, b.part);
