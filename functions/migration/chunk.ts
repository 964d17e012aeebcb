import type { ObjectLine } from './object-line.ts';

/**
 * A pack is what is read, staged and delivered in one go, and is held in memory: this bounds memory. A file above it
 * moves in parts of this size.
 */
export const packBytes = 6 * 1024 * 1024;
const packObjects = 1000;

/** A chunk is one item of the Distributed Map. */
export const chunkBytes = 256 * 1024 * 1024;
export const chunkObjects = 5000;
/** Lines of a chunk, with those that need no work; they are in memory together. */
export const chunkLines = 10_000;

/** Nothing is left to do for an object whose outcome is known. */
export function needsWork(line: ObjectLine): boolean {
  return line.outcome === undefined;
}

/** The bytes that have to be read for it. */
export function bytesToRead(line: ObjectLine): number {
  return needsWork(line) && line.kind === 'file' ? line.size : 0;
}

/** It moves in parts, as a chunk of its own. */
export function isLarge(line: ObjectLine): boolean {
  return bytesToRead(line) > packBytes;
}

/** The same packs each time, from the chunk's lines alone, so that a retry finds what is staged. */
export function packsOf(lines: readonly ObjectLine[]): ObjectLine[][] {
  const packs: ObjectLine[][] = [];
  let pack: ObjectLine[] = [];
  let bytes = 0;
  let objects = 0;
  for (const line of lines) {
    if (pack.length > 0 && (bytes + bytesToRead(line) > packBytes || objects >= packObjects)) {
      packs.push(pack);
      pack = [];
      bytes = 0;
      objects = 0;
    }
    pack.push(line);
    bytes += bytesToRead(line);
    if (needsWork(line)) objects += 1;
  }
  if (pack.length > 0) packs.push(pack);
  return packs;
}
