import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import { PostgresqlEnd, type Session } from '../../../functions/migration/database/postgresql/ends.ts';

/** One message of a server (PostgreSQL manual, "Message Formats"); `length` is a lie where it is given. */
function message(type: string, content: Buffer, length = content.length + 4): Buffer {
  const head = Buffer.alloc(5);
  head.write(type);
  head.writeUInt32BE(length, 1);
  return Buffer.concat([head, content]);
}

const short = (value: number) => Buffer.from([value >> 8, value & 255]);
const ready = message('Z', Buffer.from('I'));
const welcome = Buffer.concat([message('R', Buffer.alloc(4)), ready]);
const done = Buffer.concat([message('C', Buffer.from('SET\0')), ready]);
const column = Buffer.concat([
  Buffer.from('c\0'),
  Buffer.alloc(6),
  Buffer.from([0, 0, 0, 25]),
  Buffer.alloc(8),
]);
const columns = (count: number) =>
  message('T', Buffer.concat([short(count), ...Array.from({ length: count }, () => column)]));

let server: Server | undefined;
let sent = 0;

afterEach(() => {
  server?.close();
});

/** A server that lets everybody in, and answers whatever is asked for `hostile` with `pieces`, for ever. */
async function fake(pieces: readonly Buffer[], atLogIn = false): Promise<PostgresqlEnd> {
  sent = 0;
  const flood = async (socket: Socket) => {
    for (let at = 0; !socket.destroyed; at++) {
      const piece = pieces[Math.min(at, pieces.length - 1)]!;
      sent += piece.length;
      await new Promise((resolve) => socket.write(piece, resolve));
    }
  };
  server = createServer((socket) => {
    socket.on('error', () => undefined);
    let greeted = false;
    socket.on('data', (asked) => {
      if (!greeted) {
        greeted = true;
        if (atLogIn) void flood(socket);
        else socket.write(welcome);
      } else if (asked.includes('hostile')) void flood(socket);
      else socket.write(done);
    });
  });
  await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const access = {
    engine: 'postgresql' as const,
    host: '127.0.0.1',
    port,
    user: 'u',
    password: '',
    database: 'd',
  };
  return new PostgresqlEnd({ ...access, tls: 'none' }, '移行元', { allowedAddresses: ['127.0.0.0/8'] });
}

async function asked(end: PostgresqlEnd, ask: (session: Session) => Promise<unknown>): Promise<Error> {
  try {
    const session = await end.connect();
    return (await ask(session).then(
      () => new Error('answered'),
      (error: Error) => error,
    )) as Error;
  } catch (error) {
    return error as Error;
  } finally {
    await end.close();
  }
}

const hostile = (session: Session) => session.query('SELECT hostile');
const megabyte = Buffer.alloc(1024 * 1024);
const row = message('D', Buffer.concat([short(1), Buffer.from([0, 0, 0, 0])]));

test.each([
  ['a message without end', [message('D', Buffer.alloc(1), 0x7fff_0000), megabyte]],
  ['rows without end', [columns(1), Buffer.concat(Array.from({ length: 20_000 }, () => row))]],
  ['more columns than there can be', [Buffer.concat([columns(2000), done])]],
  ['an error without end', [message('E', Buffer.from('SERROR\0'), 0x7fff_0000), megabyte]],
  [
    'notices without end',
    [Buffer.concat(Array.from({ length: 1000 }, () => message('N', Buffer.alloc(500))))],
  ],
])('%s: the connection is closed, and little is kept', async (_what, pieces) => {
  const error = await asked(await fake(pieces), hostile);
  expect(error).toMatchObject({ name: 'TerminalError', message: expect.stringContaining('大きすぎる') });
  expect(sent).toBeLessThan(200 * 1024 * 1024);
});

test('a greeting without end is ended early', async () => {
  const error = await asked(
    await fake([message('N', Buffer.alloc(1), 0x7fff_0000), megabyte], true),
    hostile,
  );
  expect(error).toMatchObject({ name: 'TerminalError', message: expect.stringContaining('大きすぎる') });
  expect(sent).toBeLessThan(16 * 1024 * 1024);
});

test.each([
  ['a row with more values than bytes', message('D', short(60_000))],
  ['a row with more values than columns', message('D', Buffer.concat([short(2), Buffer.alloc(8)]))],
])('%s ends the statement and not the process', async (_what, wrong) => {
  const error = await asked(await fake([Buffer.concat([columns(1), wrong]), done]), hostile);
  expect(error.message).not.toBe('answered');
});
