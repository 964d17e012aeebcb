import type { EventEmitter } from 'node:events';
import type { Duplex } from 'node:stream';
import type pg from 'pg';
import { TerminalError, TransientError } from '../../../case/errors.ts';

/** Bytes: of a greeting, and of one answer that is gathered (catalogues of 20,000 tables are shorter). */
const longestGreeting = 1024 * 1024;
const longestAnswer = 128 * 1024 * 1024;
const mostRows = 1_000_000;
/** PostgreSQL's own limit is 1,664 (manual, appendix K). */
const mostColumns = 1664;
/** Milliseconds after which a statement that answers in one go is given up. */
const patience = 600_000;

type Wire = EventEmitter & { stream: Duplex; attachListeners(stream: Duplex): void };
type Piece = (piece: Buffer) => void;

/**
 * Bounds what a server may say to a session that is not connected yet: whoever sends too much, or what is no message, has
 * its connection closed, and the statement that waits fails with TerminalError or TransientError. The rows of a COPY are
 * not gathered, and pass.
 */
export function boundAnswers(session: pg.Client): void {
  const { connection } = session as unknown as { connection: Wire };
  let bytes = 0;
  let rows = 0;
  let limit = longestGreeting;
  const attach = connection.attachListeners.bind(connection);
  connection.attachListeners = (stream) => {
    const before = new Set(stream.listeners('data'));
    attach(stream);
    // pg's parser, and what listens to it below: what they throw would end the process.
    const parse = stream.listeners('data').find((listener) => !before.has(listener)) as Piece;
    stream.off('data', parse);
    stream.on('data', (piece: Buffer) => {
      bytes += piece.length;
      if (bytes > limit) return stream.destroy(tooMuch());
      try {
        parse(piece);
      } catch (error) {
        stream.destroy(error instanceof TerminalError ? error : unreadable());
      }
    });
  };
  connection.on('rowDescription', ({ fields }: { fields: readonly unknown[] }) => {
    if (fields.length > mostColumns) throw tooMuch();
  });
  connection.on('dataRow', () => {
    rows += 1;
    if (rows > mostRows) throw tooMuch();
  });
  const query = session.query.bind(session) as (...parts: unknown[]) => unknown;
  session.query = ((...parts: unknown[]) => {
    [bytes, rows, limit] = [0, 0, longestAnswer];
    const answer = query(...parts);
    if (!(answer instanceof Promise)) return answer;
    const timer = setTimeout(() => connection.stream.destroy(noAnswer()), patience).unref();
    return answer.finally(() => clearTimeout(timer));
  }) as pg.Client['query'];
}

function tooMuch(): TerminalError {
  return new TerminalError(
    'データベースサーバーの答えが大きすぎるため、接続を切りました。移行済みの分は保持しています。サーバーをご確認ください。',
  );
}

function unreadable(): TerminalError {
  return new TerminalError(
    'データベースサーバーの答えがPostgreSQLの形式ではないため、接続を切りました。移行済みの分は保持しています。サーバーをご確認ください。',
  );
}

function noAnswer(): TransientError {
  return new TransientError('データベースサーバーから応答がありません。時間をおいて続きから再開します。');
}
