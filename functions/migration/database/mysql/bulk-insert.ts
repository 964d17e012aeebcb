import type { Connection } from 'mysql2';
import { type Done, executeCommand } from './execute-bytes.ts';
import { prepared } from './query.ts';
import { RowBytesReader } from './row-bytes.ts';
import { speaksBulk } from './wire.ts';

/** Bytes of rows in one command, and of a row that waits for its rest, at most. */
const partBytes = 512 * 1024;
/** Below, a server's max_allowed_packet leaves no room for a command of rows beside a long row. */
const leastPacket = 2 * 1024 * 1024;

/** MariaDB from 10.2 on, as it said when it was greeted; and one that takes commands long enough. */
export function takesBulk(connection: Connection, maxAllowedPacket: number): boolean {
  return speaksBulk(connection) && maxAllowedPacket >= leastPacket;
}

const bulkExecute = 0xfa;
const sendsTypes = 128;
/** MYSQL_TYPE_BLOB: bytes that no character set is thought of for. */
const asBytes = Buffer.of(0xfc, 0);

/**
 * Rows (RowBytes) through a prepared INSERT, many at once (MariaDB's protocol, COM_STMT_BULK_EXECUTE): the server reads no byte of
 * them singly, as it must in LOAD DATA. `whenDone` is asked after each command. Returns when the rows are over, or with what is
 * left where a row is too long to be sent in one piece.
 */
export async function bulkInsert(
  connection: Connection,
  sql: string,
  columns: number,
  rows: AsyncIterator<Buffer>,
  whenDone: (done: Done) => Promise<void>,
): Promise<Buffer[]> {
  const head = Buffer.alloc(7);
  head[0] = bulkExecute;
  head.writeUInt32LE(await prepared(connection, sql), 1);
  head.writeUInt16LE(sendsTypes, 5);
  const begin = [head, ...Array.from({ length: columns }, () => asBytes)];
  let end = 0;
  const nothing = () => undefined;
  const endRow = (at: number) => {
    end = at;
  };
  const reader = new RowBytesReader(columns, { null: nothing, bytes: nothing, endField: nothing, endRow });
  let sending: Promise<void> = Promise.resolve();
  let rest: Buffer[] = [];
  let restBytes = 0;
  while (restBytes <= partBytes) {
    const next = await rows.next();
    if (next.done) break;
    for (let from = 0; from < next.value.length; from += partBytes) {
      const piece = next.value.subarray(from, from + partBytes);
      end = 0;
      if (restBytes <= partBytes) reader.take(piece);
      if (end === 0) {
        rest.push(piece);
        restBytes += piece.length;
        continue;
      }
      await sending;
      sending = executeCommand(connection, [...begin, ...rest, piece.subarray(0, end)]).then(whenDone);
      // Awaited before the next command: until then a failure is nobody's unhandled one.
      sending.catch(nothing);
      rest = end < piece.length ? [piece.subarray(end)] : [];
      restBytes = piece.length - end;
    }
  }
  await sending;
  return rest;
}
