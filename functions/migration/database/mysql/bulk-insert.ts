import type { Connection } from 'mysql2';
import { type Done, executeCommand } from './execute-bytes.ts';
import { prepared } from './query.ts';
import { RowBytesReader } from './row-bytes.ts';
import { speaksBulk } from './wire.ts';

/** Bytes that are looked at in one go, and of a row that waits for its rest, at most. */
const partBytes = 512 * 1024;
/** Bytes of rows in one command, at most, but for such a row. */
const commandBytes = 2 * 1024 * 1024;
/** Below, a server's max_allowed_packet leaves no room for a command. */
const leastPacket = 4 * 1024 * 1024;

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
 * them singly, as it must in LOAD DATA. While a command waits for its answer the next one grows: the further the server, the fewer.
 * `whenDone` is asked after each. Returns when the rows are over, or with what is left where a row is too long to be sent in one piece.
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
  const gathered = new Gathered(columns);
  let sending: Promise<void> = Promise.resolve();
  let underWay = false;
  const send = async () => {
    await sending;
    if (gathered.whole === 0) return;
    underWay = true;
    sending = executeCommand(connection, [...begin, ...gathered.takeWhole()])
      .then(whenDone)
      .finally(() => {
        underWay = false;
      });
    // Awaited before the next command: until then a failure is nobody's unhandled one.
    sending.catch(() => undefined);
  };
  while (gathered.rest <= partBytes) {
    const next = await rows.next();
    if (next.done) break;
    for (let from = 0; from < next.value.length; from += partBytes) {
      gathered.add(next.value.subarray(from, from + partBytes));
      if (!underWay || gathered.whole + partBytes > commandBytes) await send();
    }
  }
  await send();
  await sending;
  return gathered.pieces;
}

/** Rows on their way into the next command, and behind them the beginning of one. */
class Gathered {
  pieces: Buffer[] = [];
  /** Bytes of rows that are whole. */
  whole = 0;
  /** Bytes behind them. */
  rest = 0;
  readonly #reader: RowBytesReader;
  #end = 0;

  constructor(columns: number) {
    const nothing = () => undefined;
    const endRow = (at: number) => {
      this.#end = at;
    };
    this.#reader = new RowBytesReader(columns, { null: nothing, bytes: nothing, endField: nothing, endRow });
  }

  /** Behind a row that is too long for a command nothing is looked at any more. */
  add(piece: Buffer): void {
    this.#end = 0;
    if (this.rest <= partBytes) this.#reader.take(piece);
    this.pieces.push(piece);
    if (this.#end > 0) {
      this.whole += this.rest + this.#end;
      this.rest = piece.length - this.#end;
    } else this.rest += piece.length;
  }

  takeWhole(): Buffer[] {
    const whole = this.pieces;
    this.pieces = [];
    for (let behind = this.rest; behind > 0; ) {
      const last = whole.pop()!;
      const kept = Math.min(behind, last.length);
      this.pieces.unshift(last.subarray(last.length - kept));
      if (kept < last.length) whole.push(last.subarray(0, last.length - kept));
      behind -= kept;
    }
    this.whole = 0;
    return whole;
  }
}
