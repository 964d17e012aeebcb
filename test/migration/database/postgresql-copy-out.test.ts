import { EventEmitter } from 'node:events';
import { PassThrough } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { CopyOut } from '../../../functions/migration/database/postgresql/copy-out.ts';

/** A message of the protocol: code, length, content. */
function message(code: string, content: Uint8Array): Buffer {
  const header = Buffer.alloc(5);
  header.write(code, 'latin1');
  header.writeUInt32BE(content.length + 4, 1);
  return Buffer.concat([header, content]);
}

/** A session whose parser keeps what it is given, and ends the query at the mark that the tests send last. */
function session() {
  const stream = new PassThrough();
  const given: Buffer[] = [];
  const asked: string[] = [];
  const parser = (piece: Buffer) => given.push(piece);
  stream.on('data', parser);
  const connection = Object.assign(new EventEmitter(), { stream, query: (sql: string) => asked.push(sql) });
  return { connection, stream, asked, parser, given: () => Buffer.concat(given) };
}

const cutAnywhere = (bytes: Buffer, cuts: readonly number[]): Buffer[] => {
  const at = [...new Set(cuts.map((cut) => cut % bytes.length))].sort((a, b) => a - b);
  // Copies: what arrives belongs to whoever reads it.
  return [0, ...at].map((from, index) => Buffer.from(bytes.subarray(from, at[index] ?? bytes.length)));
};

test('rows come as they were, wherever the pieces are cut, and what follows them is left to the parser', async () => {
  const rows = fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 40 });
  const cuts = fc.array(fc.nat(), { maxLength: 60 });
  await fc.assert(
    fc.asyncProperty(rows, cuts, async (rows, cuts) => {
      const { connection, stream, asked, parser, given } = session();
      const out = new CopyOut('COPY t TO STDOUT', () => new Error());
      const read = buffer(out);
      out.submit(connection);
      const notice = message('N', Buffer.from('a word in between'));
      const end = Buffer.concat([message('c', Buffer.alloc(0)), message('C', Buffer.from('COPY 3\0'))]);
      const all = Buffer.concat([
        message('H', Buffer.from([0, 0, 0])),
        ...rows.flatMap((row) => [message('d', row), notice]),
        end,
      ]);
      for (const piece of cutAnywhere(all, cuts)) {
        if (piece.length > 0 && !stream.write(piece)) await new Promise((next) => stream.once('drain', next));
      }
      stream.end();
      await new Promise((next) => stream.once('end', next));
      out.handleCommandComplete({ text: 'COPY 3' });
      out.handleReadyForQuery();
      expect(await read).toEqual(Buffer.concat(rows));
      expect(out.rowCount).toBe(3);
      expect(given()).toEqual(end);
      expect(asked).toEqual(['COPY t TO STDOUT']);
      expect(stream.listeners('data')).toEqual([parser]);
    }),
  );
});

test('an error of the server goes to the parser, and fails the reader in the words that it was given', async () => {
  const { connection, stream, given } = session();
  const out = new CopyOut('COPY t TO STDOUT', (error) => new Error('in our words', { cause: error }));
  const read = buffer(out);
  out.submit(connection);
  const error = message('E', Buffer.from('C57014\0\0'));
  stream.write(Buffer.concat([message('d', Buffer.from('row\n')), error]));
  await new Promise((next) => setImmediate(next));
  expect(given()).toEqual(error);
  out.handleError(new Error('C57014'));
  await expect(read).rejects.toThrow('in our words');
  expect(stream.destroyed).toBe(false);
});

test('a reader that goes away closes the session: the rest of the rows is nobody’s answer', async () => {
  const { connection, stream } = session();
  const out = new CopyOut('COPY t TO STDOUT', () => new Error());
  out.on('error', () => undefined);
  out.submit(connection);
  stream.write(message('d', Buffer.from('row\n')));
  out.destroy(new Error('gone'));
  await new Promise((next) => out.once('close', next));
  expect(stream.destroyed).toBe(true);
});
