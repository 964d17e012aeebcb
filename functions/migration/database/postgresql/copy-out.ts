import type { EventEmitter } from 'node:events';
import { Socket } from 'node:net';
import { type Duplex, Readable } from 'node:stream';
import { giveBack, isAlone } from '../../give-back.ts';

/** Codes of messages (PostgreSQL manual, "Message Formats"). */
const copyData = 0x64;
/** CopyOutResponse, NoticeResponse, NotificationResponse, ParameterStatus: no rows, and no end of them. */
const between = new Set([0x48, 0x4e, 0x41, 0x53]);
const headerBytes = 5;
/** Of a piece: each costs whoever hashes, stages and delivers it as much as many bytes do. */
const roomBytes = 256 * 1024;

type Handler = (piece: Buffer) => void;

/**
 * The rows of a `COPY … TO STDOUT`, for `session.query`; it ends when the session is free again, and `rowCount` is known
 * then. pg and pg-copy-streams make an object of every row; here the rows are copied together into pieces of
 * 256 KB, each with its room for itself.
 * `explain` makes the reader's error of the server's.
 */
export class CopyOut extends Readable {
  rowCount = 0;
  readonly #sql: string;
  readonly #explain: (error: unknown) => Error;
  #stream: Duplex | undefined;
  /** pg's own, which stands back until the rows are over. */
  #handlers: Handler[] = [];
  /** Node reads each piece of a socket, of TLS too, into a room of its own; what came through SSH may lie beside other pieces. */
  #hasOwnRooms = false;
  #room: Buffer | undefined;
  #filled = 0;
  readonly #header = Buffer.alloc(headerBytes);
  #headerAt = 0;
  /** Bytes that are still to come of a message, and whether they are of rows. */
  #left = 0;
  #isRows = false;

  constructor(sql: string, explain: (error: unknown) => Error) {
    // In object mode no piece is joined to the next.
    super({ objectMode: true, highWaterMark: 3 });
    this.#sql = sql;
    this.#explain = explain;
  }

  submit(connection: EventEmitter & { stream: Duplex; query(sql: string): void }): void {
    const { stream } = connection;
    this.#stream = stream;
    this.#hasOwnRooms = stream instanceof Socket;
    this.#handlers = stream.listeners('data') as Handler[];
    for (const handler of this.#handlers) stream.off('data', handler);
    stream.on('data', this.#take);
    connection.query(this.#sql);
  }

  override _read(): void {
    this.#stream?.resume();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    // The rest of the rows would be taken for the answer to the next statement.
    this.#stream?.destroy();
    this.#stream = undefined;
    done(error);
  }

  handleError(error: unknown): void {
    this.#stream = undefined;
    this.destroy(this.#explain(error));
  }

  handleCommandComplete({ text }: { text?: string }): void {
    this.rowCount = Number(/^COPY (\d+)/.exec(text ?? '')?.[1] ?? 0);
  }

  handleReadyForQuery(): void {
    this.push(null);
  }

  readonly #take = (piece: Buffer): void => {
    let at = 0;
    let over = false;
    while (at < piece.length && !over) {
      if (this.#left > 0) {
        const until = Math.min(piece.length, at + this.#left);
        if (this.#isRows) this.#gather(piece, at, until);
        this.#left -= until - at;
        at = until;
      } else {
        const code = this.#headerAt > 0 ? this.#header[0] : piece[at];
        this.#isRows = code === copyData;
        if (this.#isRows || between.has(code!)) at = this.#takeHeader(piece, at);
        else over = true;
      }
    }
    if (over) {
      this.#flush();
      this.#leaveToPg(piece.subarray(at));
    } else if (this.#hasOwnRooms && isAlone(piece)) giveBack(piece);
  };

  #gather(piece: Buffer, from: number, until: number): void {
    for (let at = from; at < until; ) {
      this.#room ??= Buffer.allocUnsafeSlow(roomBytes);
      const copied = piece.copy(this.#room, this.#filled, at, until);
      this.#filled += copied;
      at += copied;
      if (this.#filled === roomBytes) this.#flush();
    }
  }

  #flush(): void {
    if (!this.#room) return;
    if (!this.push(this.#room.subarray(0, this.#filled))) this.#stream?.pause();
    this.#room = undefined;
    this.#filled = 0;
  }

  #takeHeader(piece: Buffer, at: number): number {
    if (this.#headerAt === 0 && piece.length - at >= headerBytes) {
      this.#left = piece.readUInt32BE(at + 1) - 4;
      return at + headerBytes;
    }
    const copied = piece.copy(this.#header, this.#headerAt, at, at + headerBytes - this.#headerAt);
    this.#headerAt += copied;
    if (this.#headerAt === headerBytes) {
      this.#headerAt = 0;
      this.#left = this.#header.readUInt32BE(1) - 4;
    }
    return at + copied;
  }

  /** The end of the rows, or an error: pg knows what to make of it. */
  #leaveToPg(rest: Buffer): void {
    const stream = this.#stream;
    this.#stream = undefined;
    if (!stream) return;
    stream.off('data', this.#take);
    for (const handler of this.#handlers) stream.on('data', handler);
    for (const handler of this.#handlers) handler(rest);
    stream.resume();
  }
}
