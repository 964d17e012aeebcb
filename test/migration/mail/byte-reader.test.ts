import { PassThrough } from 'node:stream';
import { expect, test } from '@jest/globals';
import { ByteReader } from '../../../functions/migration/mail/imap/byte-reader.ts';

const patience = { idleMs: 1000, until: () => Date.now() + 1000 };

/** A chunk as a socket brings it: in room of its own. */
function chunkOf(text: string): Buffer {
  const chunk = Buffer.from(new ArrayBuffer(text.length));
  chunk.write(text, 'latin1');
  return chunk;
}

function readerOf(...chunks: readonly Buffer[]): ByteReader {
  const stream = new PassThrough();
  const reader = new ByteReader(stream, patience);
  for (const chunk of chunks) stream.write(chunk);
  return reader;
}

test('the room of what was copied is given back, once all of it was asked for', async () => {
  const chunks = [chunkOf('* {12}\r\nabcd'), chunkOf('efgh'), chunkOf('ijkl\r\n')];
  const reader = readerOf(...chunks);
  expect((await reader.line(100)).toString()).toBe('* {12}');
  expect((await reader.exactly(12)).toString()).toBe('abcdefghijkl');
  expect(chunks.map(({ length }) => length)).toEqual([0, 0, 6]);
  expect((await reader.line(100)).toString()).toBe('');
});

test('what others have a part of stays', async () => {
  const pool = chunkOf('abcdefgh');
  const lent = chunkOf('ijklmnop');
  const reader = readerOf(pool.subarray(0, 4), pool.subarray(4), lent);
  expect((await reader.exactly(8)).toString()).toBe('abcdefgh');
  const pieces: Buffer[] = [];
  for await (const piece of reader.pieces(4)) pieces.push(piece);
  expect((await reader.exactly(4)).toString()).toBe('mnop');
  expect(pool.toString()).toBe('abcdefgh');
  expect(Buffer.concat(pieces).toString()).toBe('ijkl');
});
