import type { Duplex } from 'node:stream';
import { TransientError } from '../../../case/errors.ts';
import { RefusedError } from './dial.ts';
import { askLimits, usualLimits } from './limits.ts';
import { type Field, Outgoing } from './outgoing.ts';
import { nonsense, PacketReader, PacketSplitter, packetType, uint32 } from './packet.ts';
import { isTaken } from './taken-packet.ts';

export interface Reply {
  type: number;
  /** What follows the id. */
  body: Buffer;
}

interface Waiting {
  resolve(reply: Reply): void;
  reject(error: Error): void;
  /** Where the bytes of a DATA reply go. */
  into?: Buffer | undefined;
}

interface Request extends Waiting {
  type: number;
  fields: readonly Field[];
}

/** Milliseconds. */
export interface SessionTimes {
  /** No byte has come although an answer is due. */
  stall: number;
}

const mostInFlight = 256;

/**
 * Requests and replies on one `sftp` subsystem stream. Requests of one moment leave together; at most 256 are under way, and no more are sent while the stream is full. Every failure of the stream is a TransientError
 * for each request that waits.
 */
export class SftpSession {
  readonly #stream: Duplex;
  readonly times: SessionTimes;
  readonly #waiting = new Map<number, Waiting>();
  readonly #queue: Request[] = [];
  readonly #outgoing: Outgoing;
  readonly #watch: NodeJS.Timeout;
  readonly extensions = new Map<string, string>();
  limits = usualLimits;
  #full = false;
  #nextId = 1;
  #lastNews = performance.now();
  #failure: Error | undefined;
  #onVersion: ((body: Buffer) => void) | undefined;

  private constructor(stream: Duplex, times: SessionTimes) {
    this.#stream = stream;
    this.times = times;
    const splitter = new PacketSplitter({
      onPacket: (type, body, inPlace) => this.#receive(type, body, inPlace),
      roomFor: (head, count) => {
        const into = this.#waiting.get(head.readUInt32BE(1))?.into;
        return into && count <= into.length ? into.subarray(0, count) : undefined;
      },
    });
    this.#outgoing = new Outgoing((bytes, taken) => {
      if (!this.#failure && !stream.write(bytes, taken)) this.#full = true;
    });
    stream.on('data', (piece: Buffer) => {
      this.#lastNews = performance.now();
      try {
        splitter.push(piece);
        isTaken(piece);
      } catch (error) {
        this.fail(error as Error);
      }
    });
    stream.on('error', () => this.fail(lost()));
    // A channel of SSH tells, as it closes, how what ran on it has ended; where the connection has gone, it does not.
    stream.on('close', (code: unknown) =>
      this.fail(this.#onVersion && typeof code === 'number' ? ended() : lost()),
    );
    stream.on('end', () => this.#onVersion ?? this.fail(lost()));
    stream.on('drain', () => {
      this.#full = false;
      this.#lastNews = performance.now();
      this.#proceed();
    });
    this.#watch = setInterval(() => this.#lookAtWatch(), Math.min(1000, times.stall / 2));
    this.#watch.unref();
  }

  /** Negotiates version 3. To be called in the turn in which the stream was opened. */
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
    // Not waited for: what is asked before the answer comes is cut as every server takes it.
    askLimits(session).then(
      (limits) => {
        session.limits = limits ?? usualLimits;
      },
      (error) => session.fail(error),
    );
    return session;
  }

  /** Only OpenSSH's own server has this extension (since 8.7): its habits are known. */
  get isOpenSsh(): boolean {
    return this.extensions.has('expand-path@openssh.com');
  }

  /** Requests that have no answer yet. */
  get due(): number {
    return this.#waiting.size + this.#queue.length;
  }

  /** Sends once there is room. The order of calls is the order on the wire. */
  request(type: number, ...fields: readonly Field[]): Promise<Reply> {
    return this.#request(type, fields);
  }

  /** As `request`; the bytes of a DATA reply are put into `into` and are its body. More than fit there are refused. */
  requestInto(into: Buffer, type: number, ...fields: readonly Field[]): Promise<Reply> {
    return this.#request(type, fields, into);
  }

  #request(type: number, fields: readonly Field[], into?: Buffer): Promise<Reply> {
    return new Promise((resolve, reject) => {
      if (this.#failure) return reject(this.#failure);
      this.#queue.push({ type, fields, into, resolve, reject });
      this.#proceed();
    });
  }

  /** Ends the session for everybody who waits. */
  fail(error: Error): void {
    if (this.#failure) return;
    this.#failure = error;
    clearInterval(this.#watch);
    for (const { reject } of [...this.#waiting.values(), ...this.#queue]) reject(error);
    this.#waiting.clear();
    this.#queue.length = 0;
    this.#stream.destroy();
  }

  #receive(type: number, body: Buffer, inPlace: boolean): void {
    if (type === packetType.version && this.#onVersion) {
      this.#onVersion(Buffer.from(body));
      this.#onVersion = undefined;
      return;
    }
    if (body.length < 4) throw nonsense();
    const id = body.readUInt32BE(0);
    const waiting = this.#waiting.get(id);
    if (!waiting || id === 0) throw nonsense();
    const { into } = waiting;
    const rest = body.subarray(4);
    const reply = into && type === packetType.data ? contentOf(rest, into, inPlace) : Buffer.from(rest);
    this.#waiting.delete(id);
    this.#proceed();
    waiting.resolve({ type, body: reply });
  }

  #proceed(): void {
    while (!this.#full && this.#waiting.size < mostInFlight && this.#queue.length > 0) {
      const request = this.#queue.shift()!;
      if (this.#waiting.size === 0) this.#lastNews = performance.now();
      const id = this.#nextId++ >>> 0;
      this.#waiting.set(id, request);
      this.#outgoing.add(request.type, id, request.fields);
    }
  }

  #lookAtWatch(): void {
    if (this.#waiting.size > 0 && performance.now() - this.#lastNews > this.times.stall) {
      this.fail(
        new TransientError(
          'サーバーから応答がありません。移行済みの分は保持しています。続きから再開します。',
        ),
      );
    }
  }
}

/** The part of `into` that the bytes of a DATA reply fill. */
function contentOf(reply: Buffer, into: Buffer, inPlace: boolean): Buffer {
  const reader = new PacketReader(reply);
  if (inPlace) return into.subarray(0, reader.uint32());
  const data = reader.string();
  if (data.length > into.length) throw nonsense();
  data.copy(into);
  return into.subarray(0, data.length);
}

function ended(): RefusedError {
  return new RefusedError(
    'ログインできましたが、サーバーがSFTPをすぐに終了しました。何も変更していません。SFTPの利用が許可されているか、パスワードの有効期限が切れていないかをご確認ください。',
  );
}

function lost(): TransientError {
  return new TransientError(
    'サーバーとの接続が切れました。移行済みの分は保持しています。続きから再開します。',
  );
}
