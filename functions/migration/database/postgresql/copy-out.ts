import type { EventEmitter } from 'node:events';
import { type Duplex, Readable } from 'node:stream';

/** Codes of messages (PostgreSQL manual, "Message Formats"). */
const copyData = 0x64;
/** CopyOutResponse, NoticeResponse, NotificationResponse, ParameterStatus: no rows, and no end of them. */
const between = new Set([0x48, 0x4e, 0x41, 0x53]);
const headerBytes = 5;

type Handler = (piece: Buffer) => void;

/**
 * The rows of a `COPY … TO STDOUT`, for `session.query`; it ends when the session is free again, and `rowCount` is known
 * then. pg and pg-copy-streams make an object of every row; here the rows of a piece are moved together where they lie.
 * `explain` makes the reader's error of the server's.
 */
export class CopyOut extends Readable {
  rowCount = 0;
  readonly #sql: string;
  readonly #explain: (error: unknown) => Error;
  #stream: Duplex | undefined;
  /** pg's own, which stands back until the rows are over. */
  #handlers: Handler[] = [];
  readonly #header = Buffer.alloc(headerBytes);
  #headerAt = 0;
  /** Bytes that are still to come of a message, and whether they are of rows. */
  #left = 0;
  #isRows = false;

  constructor(sql: string, explain: (error: unknown) => Error) {
    super({ highWaterMark: 512 * 1024 });
    this.#sql = sql;
    this.#explain = explain;
  }

  submit(connection: EventEmitter & { stream: Duplex; query(sql: string): void }): void {
    const { stream } = connection;
    this.#stream = stream;
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
    let end = 0;
    let over = false;
    while (at < piece.length && !over) {
      if (this.#left > 0) {
        const until = Math.min(piece.length, at + this.#left);
        if (this.#isRows) {
          piece.copyWithin(end, at, until);
          end += until - at;
        }
        this.#left -= until - at;
        at = until;
      } else {
        const code = this.#headerAt > 0 ? this.#header[0] : piece[at];
        this.#isRows = code === copyData;
        if (this.#isRows || between.has(code!)) at = this.#takeHeader(piece, at);
        else over = true;
      }
    }
    if (end > 0 && !this.push(piece.subarray(0, end))) this.#stream?.pause();
    if (over) this.#giveBack(piece.subarray(at));
  };

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
  #giveBack(rest: Buffer): void {
    const stream = this.#stream;
    this.#stream = undefined;
    if (!stream) return;
    stream.off('data', this.#take);
    for (const handler of this.#handlers) stream.on('data', handler);
    for (const handler of this.#handlers) handler(rest);
    stream.resume();
  }
}
