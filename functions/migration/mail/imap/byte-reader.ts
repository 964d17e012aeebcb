import type { Readable } from 'node:stream';
import { TransientError } from '../../../case/errors.ts';
import { giveBack, isAlone } from '../../give-back.ts';
import { ImapProtocolError } from './errors.ts';

/** How long to wait: `idleMs` for the next byte; `until` is the instant (ms) by which the step must have ended. */
export interface Patience {
  idleMs: number;
  until(): number;
}

/** Beyond this the socket is paused: a server cannot fill our memory faster than we read. */
const highWaterBytes = 1024 * 1024;

/**
 * Bytes as they are asked for, from a socket that is paused when nobody asks. A line is good until more is asked for. Throws
 * TransientError when the other side closes, fails or is silent for too long.
 */
export class ByteReader {
  readonly #source: Readable;
  readonly #patience: Patience;
  readonly #chunks: Buffer[] = [];
  #start = 0;
  #size = 0;
  /** A piece of it may be kept by whoever got it. */
  #lent: Buffer | undefined;
  #end: Error | undefined;
  #wake: (() => void) | undefined;

  constructor(source: Readable, patience: Patience) {
    this.#source = source;
    this.#patience = patience;
    source.on('data', this.#take);
    source.on('end', this.#ended);
    source.on('close', this.#ended);
    source.on('error', this.#failed);
  }

  get buffered(): number {
    return this.#size;
  }

  /** Gives the socket back (STARTTLS). */
  release(): void {
    this.#source.off('data', this.#take).off('end', this.#ended).off('close', this.#ended);
    this.#source.off('error', this.#failed);
  }

  /** Ends every wait with this error. */
  fail(error: Error): void {
    this.#end ??= error;
    this.#wake?.();
  }

  /** One line without its CRLF (or LF). Throws ImapProtocolError when it is longer than `cap` bytes. */
  async line(cap: number): Promise<Buffer> {
    for (let searched = 0; ; ) {
      const at = this.#indexOfLineFeed(searched);
      if ((at < 0 ? this.#size : at) > cap) {
        throw new ImapProtocolError(
          `メールサーバーが${cap}バイトを超える行を送りました。接続を閉じました。移行済みの分は保持されています。`,
        );
      }
      if (at >= 0) {
        const line = this.#cut(at + 1);
        return line.subarray(0, line.at(-2) === 0x0d ? -2 : -1);
      }
      searched = this.#size;
      await this.#more();
    }
  }

  /** Exactly `count` bytes in memory, which the caller allocates after it has checked the count. */
  async exactly(count: number, allocate: (size: number) => Buffer = Buffer.allocUnsafe): Promise<Buffer> {
    const bytes = allocate(count);
    for (let at = 0; at < count; ) {
      if (this.#size === 0) await this.#more();
      const chunk = this.#chunks[0]!;
      at += this.#headPiece(count - at).copy(bytes, at);
      // A socket makes new room for each read, 64 KB of it: V8 would mark its whole heap again and again for them.
      if (chunk !== this.#chunks[0] && chunk !== this.#lent && isAlone(chunk)) giveBack(chunk);
    }
    return bytes;
  }

  /** `count` bytes in pieces, never more than what the socket has brought. */
  async *pieces(count: number): AsyncGenerator<Buffer> {
    for (let rest = count; rest > 0; ) {
      if (this.#size === 0) await this.#more();
      this.#lent = this.#chunks[0];
      const piece = this.#headPiece(rest);
      rest -= piece.length;
      yield piece;
    }
  }

  readonly #take = (chunk: Buffer) => {
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    if (this.#size > highWaterBytes) this.#source.pause();
    this.#wake?.();
  };

  readonly #ended = () =>
    this.fail(new TransientError('メールサーバーが接続を閉じました。移行済みの分は保持されています。'));

  readonly #failed = (error: NodeJS.ErrnoException) =>
    this.fail(
      new TransientError(
        `メールサーバーとの接続が切れました(${error.code ?? '不明'})。移行済みの分は保持されています。`,
      ),
    );

  async #more(): Promise<void> {
    const had = this.#size;
    if (this.#end) throw this.#end;
    this.#source.resume();
    const wait = Math.max(0, Math.min(this.#patience.idleMs, this.#patience.until() - Date.now()));
    await new Promise<void>((resolve) => {
      const timer = setTimeout(
        () => this.fail(new TransientError('メールサーバーが応答しません。移行済みの分は保持されています。')),
        wait,
      );
      this.#wake = () => {
        clearTimeout(timer);
        this.#wake = undefined;
        resolve();
      };
    });
    if (this.#size === had && this.#end) throw this.#end;
  }

  /** What one read of the socket has brought, at most `most` bytes of it. */
  #headPiece(most: number): Buffer {
    return this.#cut(Math.min(most, this.#chunks[0]!.length - this.#start));
  }

  #indexOfLineFeed(from: number): number {
    let base = -this.#start;
    for (const chunk of this.#chunks) {
      const end = base + chunk.length;
      if (end > from) {
        const at = chunk.indexOf(0x0a, Math.max(from - base, base < 0 ? -base : 0));
        if (at >= 0) return base + at;
      }
      base = end;
    }
    return -1;
  }

  #cut(count: number): Buffer {
    const head = this.#chunks[0];
    if (head === undefined || count === 0) return Buffer.alloc(0);
    const left = head.length - this.#start;
    this.#size -= count;
    if (count < left) {
      this.#start += count;
      return head.subarray(this.#start - count, this.#start);
    }
    const parts = [head.subarray(this.#start)];
    this.#chunks.shift();
    this.#start = 0;
    for (let rest = count - left; rest > 0; ) {
      const next = this.#chunks[0]!;
      if (rest < next.length) {
        parts.push(next.subarray(0, rest));
        this.#start = rest;
        break;
      }
      parts.push(next);
      this.#chunks.shift();
      rest -= next.length;
    }
    return parts.length === 1 ? parts[0]! : Buffer.concat(parts, count);
  }
}
