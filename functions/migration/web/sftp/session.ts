import type { Duplex } from 'node:stream';
import { TransientError } from '../../../case/errors.ts';
import { nonsense, PacketReader, PacketSplitter, packetType, uint32 } from './packet.ts';

export interface Reply {
  type: number;
  body: Buffer;
}

interface Waiting {
  resolve(reply: Reply): void;
  reject(error: Error): void;
}

/** Milliseconds. */
export interface SessionTimes {
  /** No byte has come although an answer is due. */
  stall: number;
}

const mostInFlight = 128;

/**
 * Requests and replies on one `sftp` subsystem stream. Requests of one moment leave together in one write; at most
 * 128 are under way, and no more are sent while the stream is full. Every failure of the stream is a TransientError
 * for each request that waits.
 */
export class SftpSession {
  readonly #stream: Duplex;
  readonly #times: SessionTimes;
  readonly #waiting = new Map<number, Waiting>();
  readonly #queue: (() => void)[] = [];
  readonly #watch: NodeJS.Timeout;
  readonly extensions = new Map<string, string>();
  #outgoing: Buffer[] = [];
  #inFlight = 0;
  #full = false;
  #nextId = 1;
  #lastNews = performance.now();
  #failure: Error | undefined;
  #onVersion: ((body: Buffer) => void) | undefined;

  private constructor(stream: Duplex, times: SessionTimes) {
    this.#stream = stream;
    this.#times = times;
    const splitter = new PacketSplitter((type, body) => this.#receive(type, body));
    stream.on('data', (piece: Buffer) => {
      this.#lastNews = performance.now();
      try {
        splitter.push(piece);
      } catch (error) {
        this.fail(error as Error);
      }
    });
    stream.on('error', () => this.fail(lost()));
    stream.on('close', () => this.fail(lost()));
    stream.on('end', () => this.fail(lost()));
    stream.on('drain', () => {
      this.#full = false;
      this.#lastNews = performance.now();
      this.#proceed();
    });
    this.#watch = setInterval(() => this.#lookAtWatch(), Math.min(1000, times.stall / 2));
    this.#watch.unref();
  }

  /** Negotiates version 3. */
  static async begin(stream: Duplex, times: SessionTimes): Promise<SftpSession> {
    const session = new SftpSession(stream, times);
    const answer = new Promise<Buffer>((resolve, reject) => {
      session.#waiting.set(0, { resolve: () => undefined, reject });
      session.#onVersion = resolve;
    });
    session.#lastNews = performance.now();
    stream.write(Buffer.concat([uint32(5), Buffer.of(packetType.init), uint32(3)]));
    const reader = new PacketReader(await answer);
    session.#waiting.delete(0);
    if (reader.uint32() < 3) throw nonsense();
    while (reader.rest > 0) session.extensions.set(reader.string().toString(), reader.string().toString());
    return session;
  }

  /** Sends once there is room. The order of calls is the order on the wire. */
  async request(type: number, ...fields: readonly Buffer[]): Promise<Reply> {
    if (this.#inFlight >= mostInFlight || this.#full || this.#queue.length > 0) {
      await new Promise<void>((resolve) => this.#queue.push(resolve));
    } else {
      this.#inFlight += 1;
    }
    if (this.#failure) throw this.#failure;
    return new Promise((resolve, reject) => {
      const id = this.#nextId++ >>> 0;
      if (this.#waiting.size === 0) this.#lastNews = performance.now();
      this.#waiting.set(id, { resolve, reject });
      let length = 5;
      for (const field of fields) length += field.length;
      this.#send([uint32(length), Buffer.of(type), uint32(id), ...fields]);
    });
  }

  /** Ends the session for everybody who waits. */
  fail(error: Error): void {
    if (this.#failure) return;
    this.#failure = error;
    clearInterval(this.#watch);
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
    for (const proceed of this.#queue.splice(0)) proceed();
    this.#stream.destroy();
  }

  #send(pieces: Buffer[]): void {
    if (this.#outgoing.length === 0) setImmediate(() => this.#flush());
    this.#outgoing.push(...pieces);
  }

  #flush(): void {
    const pieces = this.#outgoing;
    this.#outgoing = [];
    if (this.#failure) return;
    if (!this.#stream.write(Buffer.concat(pieces))) this.#full = true;
  }

  #receive(type: number, body: Buffer): void {
    if (type === packetType.version && this.#onVersion) {
      this.#onVersion(body);
      this.#onVersion = undefined;
      return;
    }
    if (body.length < 4) throw nonsense();
    const waiting = this.#waiting.get(body.readUInt32BE(0));
    if (!waiting || body.readUInt32BE(0) === 0) throw nonsense();
    this.#waiting.delete(body.readUInt32BE(0));
    this.#inFlight -= 1;
    this.#proceed();
    waiting.resolve({ type, body: body.subarray(4) });
  }

  #proceed(): void {
    while (!this.#full && this.#inFlight < mostInFlight && this.#queue.length > 0) {
      this.#inFlight += 1;
      this.#queue.shift()!();
    }
  }

  #lookAtWatch(): void {
    if (this.#waiting.size > 0 && performance.now() - this.#lastNews > this.#times.stall) {
      this.fail(
        new TransientError(
          'サーバーから応答がありません。移行済みの分は保持しています。続きから再開します。',
        ),
      );
    }
  }
}

function lost(): TransientError {
  return new TransientError(
    'サーバーとの接続が切れました。移行済みの分は保持しています。続きから再開します。',
  );
}
