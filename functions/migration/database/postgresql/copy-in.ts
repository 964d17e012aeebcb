import type { EventEmitter } from 'node:events';
import { Writable } from 'node:stream';
import { giveBack } from '../../give-back.ts';

/** Codes of messages (PostgreSQL manual, "Message Formats"). */
const copyData = 0x64;
const copyDone = Buffer.of(0x63, 0, 0, 0, 4);
/** With an empty reason. */
const copyFail = Buffer.of(0x66, 0, 0, 0, 5, 0);
const headerBytes = 5;

/** Milliseconds that a server has to undo the rows; afterwards its session is closed all the same. */
const undoing = 20_000;

type Done = (error?: Error | null) => void;

/**
 * A `COPY … FROM STDIN`, for `session.query`; it finishes when the server has taken all rows, and `rowCount` is known then. Pieces
 * must have their room for themselves (CopyOut's, packs of a staged copy): it is given back once they are on their way, and the
 * garbage collector has next to nothing to do. One write a piece, where pg-copy-streams has two.
 * After a failure the session is of no use any more.
 */
export class CopyIn extends Writable {
  rowCount = 0;
  readonly #sql: string;
  #stream: Writable | undefined;
  #begun = false;
  /** What waits for the server to want rows. */
  #first: (() => void) | undefined;
  #finished: Done | undefined;
  #answered = false;
  #undone: (() => void) | undefined;

  constructor(sql: string) {
    super({ objectMode: true, highWaterMark: 2 });
    this.#sql = sql;
  }

  submit(connection: EventEmitter & { stream: Writable; query(sql: string): void }): void {
    this.#stream = connection.stream;
    connection.query(this.#sql);
  }

  override _write(piece: Buffer, _encoding: string, done: Done): void {
    this.#onceBegun((stream) => {
      const header = Buffer.allocUnsafe(headerBytes);
      header[0] = copyData;
      header.writeUInt32BE(piece.length + headerBytes - 1, 1);
      stream.cork();
      stream.write(header);
      stream.write(piece, (error) => {
        // pg tells of it by handleError, with the server's own reason where it gave one.
        if (error) return;
        giveBack(piece);
        done();
      });
      stream.uncork();
    });
  }

  override _final(done: Done): void {
    this.#finished = done;
    this.#onceBegun((stream) => stream.write(copyDone));
  }

  handleCopyInResponse(): void {
    this.#begun = true;
    this.#first?.();
  }

  /** The server has undone the rows when this is over: a session that is closed in the midst of them holds its lock a while longer. */
  override _destroy(error: Error | null, done: Done): void {
    const stream = this.#stream;
    if (error && !this.#answered && stream?.writable) {
      const timer = setTimeout(() => done(error), undoing).unref();
      this.#undone = () => {
        clearTimeout(timer);
        done(error);
      };
      this.#first = () => stream.write(copyFail);
      if (this.#begun) this.#first();
    } else done(error);
  }

  handleError(error: Error): void {
    this.#answered = true;
    if (this.#undone) this.#undone();
    else this.destroy(error);
  }

  handleCommandComplete({ text }: { text?: string }): void {
    this.rowCount = Number(/^COPY (\d+)/.exec(text ?? '')?.[1] ?? 0);
  }

  handleReadyForQuery(): void {
    this.#finished?.();
  }

  #onceBegun(work: (stream: Writable) => void): void {
    const now = () => {
      if (!this.destroyed) work(this.#stream!);
    };
    if (this.#begun) now();
    else this.#first = now;
  }
}
