import { PassThrough } from 'node:stream';
import { afterEach, expect, jest, test } from '@jest/globals';
import type { Connection } from 'mysql2';
import { rowsOf } from '../../../functions/migration/database/mysql/query.ts';
import { openSnapshots } from '../../../functions/migration/database/mysql/snapshot.ts';

afterEach(() => {
  jest.useRealTimers();
});

type Answer = (error: Error | null, result?: unknown) => void;

/** A connection whose server does what `answer` says; a closed stream fails what is under way, as in mysql2. */
function connectionTo(answer: (sql: string, done: Answer) => void): {
  connection: Connection;
  stream: PassThrough;
} {
  const stream = new PassThrough();
  stream.on('data', () => undefined);
  stream.on('error', () => undefined);
  const query = ({ sql }: { sql: string }, done: Answer) => {
    stream.once('close', () => done(Object.assign(new Error('lost'), { code: 'PROTOCOL_CONNECTION_LOST' })));
    answer(sql, done);
  };
  return { connection: { query, stream } as unknown as Connection, stream };
}

test('a server that answers a question without end is hung up on', async () => {
  const { connection, stream } = connectionTo(() => {
    const piece = Buffer.alloc(1024 * 1024);
    const more = () => {
      if (stream.destroyed) return;
      stream.write(piece);
      setImmediate(more);
    };
    more();
  });
  await expect(rowsOf(connection, 'SHOW GRANTS')).rejects.toMatchObject({
    name: 'TerminalError',
    message: expect.stringContaining('大きすぎる'),
  });
  expect(stream.destroyed).toBe(true);
});

test('a reader that hangs does not keep the writes of the site waiting', async () => {
  jest.useFakeTimers();
  const asked: string[] = [];
  const control = connectionTo((sql, done) => {
    asked.push(sql);
    done(null, {});
  });
  const hanging = connectionTo(() => undefined);
  const opened = openSnapshots(control.connection, [hanging.connection], []);
  const failed = expect(opened).rejects.toMatchObject({ name: 'TransientError' });
  await jest.advanceTimersByTimeAsync(60_000);
  await failed;
  expect(asked.slice(-2)).toEqual(['FLUSH TABLES WITH READ LOCK', 'UNLOCK TABLES']);
});
