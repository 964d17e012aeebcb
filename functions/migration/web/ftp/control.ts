import type { Socket } from 'node:net';
import type { ConnectionOptions, TLSSocket } from 'node:tls';
import { FTPContext, type TaskResolver } from 'basic-ftp';
import type { ResolvedHost } from '../../resolve-host.ts';
import { lost, type Reply } from './reply.ts';

/** How data connections of an encrypted control connection are made. */
export interface DataSecurity {
  options: ConnectionOptions;
  /** Of the control connection's certificate. */
  fingerprint: string;
}

/** Replies that are not the last one of a command. */
const mostPassing = 20;

type Replies<T> = { [K in keyof T]: Reply };

interface Deferred {
  commands: readonly string[];
  resolve(replies: Reply[]): void;
  reject(error: unknown): void;
}

/**
 * One control connection: bytes of names are latin1 characters. One exchange or transfer at a time; the pool sees to
 * that. Whatever ends the connection is a TransientError for who waits, and `closed` from then on.
 */
export class Control {
  readonly host: ResolvedHost;
  /** Milliseconds without an answer. */
  readonly timeout: number;
  readonly #ftp: FTPContext;
  readonly #deferred: Deferred[] = [];
  /** Several commands leave together; set once the server has shown that it takes that. */
  pipelining = false;
  #transfer: 'running' | 'due' | 'broken' | 'asked' | 'over' = 'over';
  idleSince = performance.now();
  security: DataSecurity | undefined;

  constructor(host: ResolvedHost, socket: Socket, timeout: number) {
    this.host = host;
    this.timeout = timeout;
    this.#ftp = new FTPContext(timeout, 'latin1');
    this.#ftp.socket = socket;
  }

  get closed(): boolean {
    return this.#ftp.closed;
  }

  get socket(): Socket | TLSSocket {
    return this.#ftp.socket;
  }

  /** The newest TLS session: data connections resume it, by which the server knows that they are ours. */
  get session(): Buffer | undefined {
    return this.#ftp.tlsSessionStore ?? (this.socket as TLSSocket).getSession?.();
  }

  set session(session: Buffer) {
    this.#ftp.tlsSessionStore = session;
  }

  /** The same connection, encrypted from here on. */
  upgrade(socket: TLSSocket, security: DataSecurity): void {
    const early = this.#ftp.tlsSessionStore;
    this.#ftp.socket = socket;
    if (early) this.#ftp.tlsSessionStore = early;
    this.security = security;
  }

  greeting(): Promise<Reply> {
    return this.#await(1).then((replies) => replies[0]!);
  }

  /** One reply a command, refusals included. Commands must not begin a transfer. */
  async ask<T extends readonly string[]>(...commands: T): Promise<Replies<T>> {
    const earlier = this.#deferred.splice(0);
    const all = [...earlier.flatMap((one) => one.commands), ...commands];
    const replies: Reply[] = [];
    const groups = this.pipelining ? [all] : all.map((command) => [command]);
    try {
      for (const group of groups) replies.push(...(await this.#await(group.length, group)));
    } catch (error) {
      for (const { reject } of earlier) reject(error);
      throw error;
    }
    for (const { commands, resolve } of earlier) resolve(replies.splice(0, commands.length));
    return replies as Replies<T>;
  }

  /**
   * Like ask(), but the commands leave together with those of whoever uses the connection next: a round trip less. Not
   * to be awaited before the connection is given back.
   */
  defer<T extends readonly string[]>(...commands: T): Promise<Replies<T>> {
    const answered = new Promise<Reply[]>((resolve, reject) => {
      this.#deferred.push({ commands, resolve, reject });
    });
    answered.catch(() => undefined);
    return answered as Promise<Replies<T>>;
  }

  get owes(): boolean {
    return this.#deferred.length > 0;
  }

  /** Sends a command that begins a transfer; its last reply, a refusal included. */
  start(command: string): Promise<Reply> {
    this.#transfer = 'running';
    const ended = this.#await(1, [command]).then((replies) => replies[0]!);
    const over = () => {
      this.#transfer = 'over';
    };
    ended.then(over, over);
    return ended;
  }

  /** During a transfer the control connection may be silent; when its data have passed, an answer is due. */
  expectReply(within = this.timeout): void {
    if (this.#transfer === 'running') this.#transfer = 'due';
    if (!this.closed) this.socket.setTimeout(within);
  }

  /**
   * After we closed the data connection early: servers answer once, twice, or (Pure-FTPd) with a 150. The reply to a PWD
   * of ours is the first that is not about the transfer. A connection on which it does not come is closed.
   */
  async breakOff(ended: Promise<Reply>, within: number): Promise<void> {
    const timer = setTimeout(() => this.close(), within);
    try {
      if (this.#transfer === 'over') {
        const [here] = await this.ask('PWD');
        if (here.code !== 257) this.close();
        return;
      }
      this.#transfer = 'broken';
      await ended;
    } catch {
      this.close();
    } finally {
      clearTimeout(timer);
    }
  }

  close(): void {
    this.#ftp.close();
    for (const { reject } of this.#deferred.splice(0)) reject(lost());
  }

  /** The library notes a stack trace for each task: an eighth of the time of small files. */
  #handle(handler: Parameters<FTPContext['handle']>[1]): Promise<unknown> {
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    try {
      return this.#ftp.handle(undefined, handler);
    } finally {
      Error.stackTraceLimit = stackTraceLimit;
    }
  }

  async #await(count: number, commands: readonly string[] = []): Promise<Reply[]> {
    if (commands.length > 0 && this.closed) throw lost();
    const replies: Reply[] = [];
    let passing = 0;
    const finished = this.#handle((response, task: TaskResolver) => {
      const reply = replyOf(response);
      if (!reply) return task.reject(response as Error);
      const broken = this.#transfer === 'broken' || this.#transfer === 'asked';
      if (reply.code < 200 || (broken && reply.code !== 257)) {
        passing += 1;
        if (passing > mostPassing) return task.reject(lost());
        if (this.#transfer === 'running') this.socket.setTimeout(0);
        if (this.#transfer !== 'broken') return;
        this.#transfer = 'asked';
        return this.#ftp.send('PWD');
      }
      if (reply.code === 421) this.close();
      replies.push(reply);
      if (replies.length === count) task.resolve(undefined);
    });
    try {
      this.socket.cork();
      for (const command of commands) this.#ftp.send(command);
      this.socket.uncork();
      await finished;
    } catch {
      // The library's words may hold the server's.
      this.close();
      throw lost();
    } finally {
      finished.catch(() => undefined);
      this.idleSince = performance.now();
    }
    return replies;
  }
}

/** Of a reply, a refusal included; undefined for errors, whose codes are words. */
function replyOf({ code, message }: { code?: unknown; message: string }): Reply | undefined {
  return typeof code === 'number' ? { code, text: message } : undefined;
}
