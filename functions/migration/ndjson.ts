import { TerminalError } from '../case/errors.ts';
import { NotFoundError, type Objects } from '../case/ports.ts';
import { longestLine, quietJson } from './object-line.ts';

/** The lines of an object, one after the other; memory holds one line and one piece of the stream. */
export async function* readLines<T>(objects: Objects, key: string): AsyncGenerator<T> {
  let rest = Buffer.alloc(0);
  for await (const piece of objects.get(key)) {
    const bytes = rest.length === 0 ? Buffer.from(piece) : Buffer.concat([rest, piece]);
    let start = 0;
    for (let end = bytes.indexOf(10, start); end >= 0; end = bytes.indexOf(10, start)) {
      if (end > start) yield JSON.parse(bytes.toString('utf8', start, end)) as T;
      start = end + 1;
    }
    rest = bytes.subarray(start);
    if (rest.length > longestLine) throw new TerminalError(`作業記録の行が長すぎます(${key})。`);
  }
  if (rest.length > 0) yield JSON.parse(rest.toString()) as T;
}

/** As readLines; nothing when there is no such object. */
export async function* readLinesIfAny<T>(objects: Objects, key: string): AsyncGenerator<T> {
  try {
    yield* readLines<T>(objects, key);
  } catch (error) {
    if (!(error instanceof NotFoundError)) throw error;
  }
}

export function linesOf(values: readonly unknown[]): Buffer {
  return Buffer.from(values.map((value) => `${quietJson(value)}\n`).join(''));
}

export async function readJson<T>(objects: Objects, key: string): Promise<T | undefined> {
  const pieces: Uint8Array[] = [];
  try {
    for await (const piece of objects.get(key)) pieces.push(piece);
  } catch (error) {
    if (error instanceof NotFoundError) return undefined;
    throw error;
  }
  return JSON.parse(Buffer.concat(pieces).toString()) as T;
}

export async function writeJson(objects: Objects, key: string, value: unknown): Promise<void> {
  await objects.put(key, Buffer.from(quietJson(value)));
}
