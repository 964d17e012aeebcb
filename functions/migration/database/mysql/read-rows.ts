import { Readable } from 'node:stream';
import type { Connection } from 'mysql2';
import { TransientError } from '../../../case/errors.ts';
import { ResultParser } from './result-parser.ts';
import { RowBytes } from './row-bytes.ts';
import { queryPacket, wireOf } from './wire.ts';

export interface RowStream {
  /** RowBytes in pieces of up to 256 KB; ends when the result set has ended, fails when it has failed. */
  text: Readable;
  /** Rows so far; all of them once `text` has ended. */
  rows(): number;
}

/**
 * The rows of a query, as RowBytes. The connection belongs to the stream until it has ended; one that failed or
 * was destroyed early is closed, since the rest of its answer would be taken for the next one's.
 * `silence`: milliseconds without a byte, while bytes were wanted, after which the server is given up.
 */
export function readRows(connection: Connection, sql: string, columns: number, silence = 120_000): RowStream {
  const wire = wireOf(connection);
  const before = wire.packetParser;
  let timer: NodeJS.Timeout | undefined;
  let over = false;

  const text = new Readable({
    // In object mode no piece is joined to the next.
    objectMode: true,
    highWaterMark: 4,
    read() {
      if (over) return;
      wire.stream.resume();
      watch();
    },
    destroy(error, done) {
      if (!over) {
        end();
        connection.destroy();
      }
      done(error);
    },
  });

  const encoder = new RowBytes((piece) => {
    if (text.push(piece)) return;
    wire.stream.pause();
    clearTimeout(timer);
    timer = undefined;
  });
  const parser = new ResultParser(columns, encoder, (error) => {
    if (error) return fail(error);
    end();
    wire.packetParser = before;
    wire.stream.resume();
    text.push(null);
  });

  function watch() {
    clearTimeout(timer);
    timer = setTimeout(
      () => fail(new TransientError('The source database stopped answering in the middle of a table.')),
      silence,
    );
    timer.unref();
  }
  function end() {
    over = true;
    clearTimeout(timer);
    connection.off('error', fail);
    wire.stream.off('close', closed);
  }
  function fail(error: Error) {
    text.destroy(error);
  }
  function closed() {
    fail(new TransientError('The source database closed the connection in the middle of a table.'));
  }

  connection.on('error', fail);
  wire.stream.once('close', closed);
  wire.packetParser = {
    execute(piece) {
      timer?.refresh();
      parser.execute(piece);
    },
  };
  wire.stream.write(queryPacket(sql));
  watch();
  return { text, rows: () => parser.rows };
}
