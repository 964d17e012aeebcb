import { EventEmitter } from 'node:events';
import { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { expect, jest, test } from '@jest/globals';
import { CopyIn } from '../../../functions/migration/database/postgresql/copy-in.ts';

function begun() {
  const sent: Buffer[] = [];
  // As a socket: what was written is gone when it says so.
  const stream = new Writable({
    write(piece: Buffer, _encoding, done) {
      sent.push(Buffer.from(piece));
      done();
    },
  });
  const asked: string[] = [];
  const connection = Object.assign(new EventEmitter(), { stream, query: (sql: string) => asked.push(sql) });
  const copy = new CopyIn('COPY t FROM STDIN');
  copy.submit(connection);
  return { copy, stream, asked, sent: () => Buffer.concat(sent).toString('latin1') };
}

/** With a room of its own, as what came from a server. */
function piece(text: string): Buffer {
  const own = Buffer.allocUnsafeSlow(Buffer.byteLength(text));
  own.write(text);
  return own;
}

const nextTurn = () => new Promise((next) => setImmediate(next));

test('each piece goes as one message once the server wants rows, gives its room back, and the end is waited for', async () => {
  const { copy, asked, sent } = begun();
  const pieces = [piece('first'), piece('second row')];
  let finished = false;
  const piped = pipeline(Readable.from(pieces), copy).then(() => {
    finished = true;
  });
  await nextTurn();
  expect(asked).toEqual(['COPY t FROM STDIN']);
  expect(sent()).toBe('');
  copy.handleCopyInResponse();
  const wanted = 'd\0\0\0\x09firstd\0\0\0\x0esecond rowc\0\0\0\x04';
  while (sent().length < wanted.length) await nextTurn();
  expect(sent()).toBe(wanted);
  expect(pieces.map(({ length }) => length)).toEqual([0, 0]);
  expect(finished).toBe(false);
  copy.handleCommandComplete({ text: 'COPY 2' });
  copy.handleReadyForQuery();
  await piped;
  expect(copy.rowCount).toBe(2);
});

test('a refusal of the server fails the writer, before rows were wanted and after', async () => {
  for (const wanted of [false, true]) {
    const { copy } = begun();
    const piped = pipeline(Readable.from([piece('row'), piece('row')]), copy);
    if (wanted) copy.handleCopyInResponse();
    await nextTurn();
    copy.handleError(new Error('22P04'));
    copy.handleReadyForQuery();
    await expect(piped).rejects.toThrow('22P04');
  }
});

test('a connection that breaks under a piece fails the writer in the words that pg has for it', async () => {
  const { copy, stream } = begun();
  copy.handleCopyInResponse();
  const piped = pipeline(Readable.from([piece('row')]), copy);
  stream.on('error', () => copy.handleError(new Error('pg: ended')));
  stream.destroy(new Error('EPIPE'));
  await expect(piped).rejects.toThrow('pg: ended');
});

test('a server that does not answer a failure of the source is waited for, but not for ever', async () => {
  jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] });
  try {
    const { copy, sent } = begun();
    copy.handleCopyInResponse();
    const broken = new Readable({ objectMode: true, read() {} });
    broken.push(piece('row'));
    const piped = pipeline(broken, copy);
    const failed = expect(piped).rejects.toThrow('the source');
    while (!sent().includes('row')) await nextTurn();
    broken.destroy(new Error('the source'));
    while (!sent().endsWith('f\0\0\0\x05\0')) await nextTurn();
    jest.advanceTimersByTime(20_000);
    await failed;
  } finally {
    jest.useRealTimers();
  }
});
