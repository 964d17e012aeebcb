import { TerminalError } from '../case/errors.ts';
import { NotFoundError, type Objects } from '../case/ports.ts';
import { longestLine, quietJson, quietLines } from './object-line.ts';

/**
 * The lines of an object, as many at a time as came together: whoever passes millions on gives them on so. Memory holds
 * one piece of the stream and its lines.
 */
export async function* readBatches<T>(objects: Objects, key: string): AsyncGenerator<T[]> {
  let rest = Buffer.alloc(0);
  for await (const piece of objects.get(key)) {
    const bytes = rest.length === 0 ? Buffer.from(piece) : Buffer.concat([rest, piece]);
    const end = bytes.lastIndexOf(10) + 1;
    if (end > 0) yield parsed<T>(bytes.toString('utf8', 0, end));
    rest = bytes.subarray(end);
    if (rest.length > longestLine) throw new TerminalError(`作業記録の行が長すぎます(${key})。`);
  }
  if (rest.length > 0) yield parsed<T>(rest.toString());
}

function parsed<T>(text: string): T[] {
  return text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as T]));
}

/** The lines of an object, one after the other. */
export function readLines<T>(objects: Objects, key: string): AsyncGenerator<T> {
  return singly(readBatches<T>(objects, key));
}

export async function* singly<T>(batches: AsyncIterable<readonly T[]>): AsyncGenerator<T> {
  for await (const batch of batches) yield* batch;
}

/** As readBatches; nothing when there is no such object. */
export async function* readBatchesIfAny<T>(objects: Objects, key: string): AsyncGenerator<T[]> {
  try {
    yield* readBatches<T>(objects, key);
  } catch (error) {
    if (!(error instanceof NotFoundError)) throw error;
  }
}

/** As readLines; nothing when there is no such object. */
export function readLinesIfAny<T>(objects: Objects, key: string): AsyncGenerator<T> {
  return singly(readBatchesIfAny<T>(objects, key));
}

export function linesOf(values: readonly unknown[]): Buffer {
  if (values.length === 0) return Buffer.alloc(0);
  return Buffer.from(`${quietLines(values.map((value) => JSON.stringify(value)).join('\n'))}\n`);
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
