import { Readable } from 'node:stream';
import type { Connection, ResultSetHeader } from 'mysql2';
import { TerminalError } from '../../../case/errors.ts';
import { wireOf } from './wire.ts';

export type Row = Record<string, string | number | null>;

/** Bytes of one answer that is gathered: catalogues of 20,000 tables are shorter. */
const longestAnswer = 128 * 1024 * 1024;

/** Milliseconds after which a statement that answers in one go is given up. */
const patience = 600_000;

/** Rows as objects; numbers beyond 2^53 and decimals as text. */
export function rowsOf(connection: Connection, sql: string): Promise<Row[]> {
  return inPatience(connection, run(connection, { sql })) as Promise<Row[]>;
}

export async function rowOf(connection: Connection, sql: string): Promise<Row> {
  return (await rowsOf(connection, sql))[0] ?? {};
}

export async function execute(connection: Connection, sql: string): Promise<ResultSetHeader> {
  return (await inPatience(connection, run(connection, { sql }))) as ResultSetHeader;
}

/** A server that says nothing for so long, or too much, has its connection closed, which ends the statement's waiting too. */
async function inPatience<T>(connection: Connection, work: Promise<T>): Promise<T> {
  const { stream } = wireOf(connection);
  const timer = setTimeout(() => stream.destroy(new Error('timeout')), patience).unref();
  let bytes = 0;
  const count = (piece: Buffer) => {
    bytes += piece.length;
    if (bytes > longestAnswer) stream.destroy(new Error('too much'));
  };
  stream.on('data', count);
  try {
    return await work;
  } catch (error) {
    if (bytes <= longestAnswer) throw error;
    throw new TerminalError(
      'データベースサーバーの答えが大きすぎるため、接続を切りました。移行済みの分は保持しています。サーバーをご確認ください。',
    );
  } finally {
    clearTimeout(timer);
    stream.off('data', count);
  }
}

/** The number of a prepared statement; the same one for the same text. */
export function prepared(connection: Connection, sql: string): Promise<number> {
  const work = new Promise<number>((resolve, reject) => {
    connection.prepare(sql, (error, statement) =>
      error ? reject(marked(error, connection)) : resolve((statement as unknown as { id: number }).id),
    );
  });
  return inPatience(connection, work);
}

/** Statements that some versions or rights refuse, and that are then not needed. Network trouble still throws. */
export async function attempt(connection: Connection, sql: string): Promise<boolean> {
  try {
    await execute(connection, sql);
    return true;
  } catch (error) {
    if (refusalOf(error) === undefined) throw error;
    return false;
  }
}

/** The one statement that sends a file: it is `stream`, and no name that a server mentions is ever opened. */
export async function executeWithStream(
  connection: Connection,
  sql: string,
  stream: Readable,
): Promise<ResultSetHeader> {
  let asked = false;
  let timer: NodeJS.Timeout | undefined;
  const watch = () => {
    clearTimeout(timer);
    timer = setTimeout(() => wireOf(connection).stream.destroy(new Error('timeout')), patience).unref();
  };
  const infileStreamFactory = () => {
    if (asked) throw new Error('A second file was asked for.');
    asked = true;
    // In object mode no piece is joined to the next: each is a packet, and must stay one that every server takes.
    return Readable.from(pieces(stream, watch), { objectMode: true, highWaterMark: 2 });
  };
  watch();
  try {
    return (await run(connection, { sql, infileStreamFactory } as never)) as ResultSetHeader;
  } finally {
    clearTimeout(timer);
  }
}

const packetBytes = 256 * 1024;

async function* pieces(stream: Readable, onPiece: () => void): AsyncGenerator<Buffer> {
  for await (const piece of stream as AsyncIterable<Buffer>) {
    onPiece();
    for (let at = 0; at < piece.length; at += packetBytes) yield piece.subarray(at, at + packetBytes);
  }
}

/** MySQL's number. */
export const noSuchTable = 1146;

/** MySQL's number of an error that the server answered with; undefined when the connection itself is the trouble. */
export function refusalOf(error: unknown): number | undefined {
  const { errno, fatal } = error as { errno?: number; fatal?: boolean };
  return errno !== undefined && errno >= 1000 && !fatal ? errno : undefined;
}

function run(connection: Connection, options: { sql: string }): Promise<unknown> {
  return new Promise((resolve, reject) => {
    connection.query(options, (error: Error | null, result: unknown) =>
      error ? reject(marked(error, connection)) : resolve(result),
    );
  });
}

const ends = new WeakMap<Connection, string>();

/** From now on errors of this connection tell which end they are of. */
export function markEnd(connection: Connection, end: string): void {
  ends.set(connection, end);
}

/** mysql2 puts the whole statement into its errors: rows of a dump, passwords of CREATE USER. */
function marked(error: Error, connection: Connection): Error {
  delete (error as { sql?: string }).sql;
  return Object.assign(error, { end: ends.get(connection) });
}
