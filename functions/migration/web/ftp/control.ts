import type { Socket } from 'node:net';
import { TerminalError } from '../../../case/errors.ts';
import type { ResolvedHost } from '../../resolve-host.ts';
import { busy, lost, type Reply } from './reply.ts';
import { Wire } from './wire.ts';

export type Replies<T> = { [K in keyof T]: Reply };

/** Commands of one caller, in the order in which they are sent and answered. */
interface Exchange {
  commands: readonly string[];
  replies: Reply[];
  sent: number;
  transfer: boolean;
  resolve(replies: Reply[]): void;
  reject(error: unknown): void;
}

/**
 * Characters of commands that may be unanswered when another one is sent. ProFTPD reads 4 KB at a time and takes two
 * commands for one where the end of the first is cut; below a packet's size nothing is cut on the way either.
 */
const mostAhead = 1000;

/** Replies that are not the last one of a command. */
const mostPassing = 20;

/**
 * One control connection. What is asked while something else is under way is answered after it; behind a transfer it is
 * sent only when that has ended. Whatever ends the connection is a TransientError for who waits, and `closed` from then
 * on.
 */
export class Control {
  readonly host: ResolvedHost;
  /** Milliseconds without an answer. */
  readonly timeout: number;
  readonly wire: Wire;
  /** Several commands leave together; set once the server has shown that it takes that. */
  pipelining = false;
  idleSince = performance.now();
  readonly #exchanges: Exchange[] = [];
  #ahead = 0;
  #passing = 0;
  #transfer: 'running' | 'due' | 'broken' | 'asked' | 'over' = 'over';
  #patience: NodeJS.Timeout | undefined;
  #reason: Error | undefined;

  constructor(host: ResolvedHost, socket: Socket, timeout: number) {
    this.host = host;
    this.timeout = timeout;
    this.wire = new Wire(
      socket,
      (reply) => this.#take(reply),
      () => this.#end(),
    );
  }

  get closed(): boolean {
    return this.wire.closed;
  }

  close(): void {
    this.wire.close();
  }

  /** The reply to nothing that a server begins with. */
  async greeting(): Promise<Reply> {
    return (await this.#exchange([''], false, 1))[0]!;
  }

  /** One reply a command, refusals included. Commands must not begin a transfer. */
  ask<T extends readonly string[]>(...commands: T): Promise<Replies<T>> {
    return this.#exchange(commands, false) as Promise<Replies<T>>;
  }

  /** Sends a command that begins a transfer; its last reply, a refusal included. */
  async start(command: string): Promise<Reply> {
    this.#transfer = 'running';
    try {
      return (await this.#exchange([command], true))[0]!;
    } finally {
      this.#transfer = 'over';
    }
  }

  /** During a transfer the control connection may be silent; when its data have passed, an answer is due. */
  expectReply(within = this.timeout): void {
    if (this.#transfer !== 'running' || this.closed) return;
    this.#transfer = 'due';
    this.#wait(within);
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

  #exchange(commands: readonly string[], transfer: boolean, sent = 0): Promise<Reply[]> {
    return new Promise((resolve, reject) => {
      if (this.closed) return reject(lost());
      if (commands.some((command) => /[\r\n\0]/.test(command))) return reject(unspeakable());
      if (commands.length === 0) return resolve([]);
      this.#exchanges.push({ commands, replies: [], sent, transfer, resolve, reject });
      if (this.#exchanges.length === 1) this.#wait(this.timeout);
      this.#send();
    });
  }

  /** What may leave now. */
  #send(): void {
    for (const exchange of this.#exchanges) {
      for (const command of exchange.commands.slice(exchange.sent)) {
        const more = command.length + 2;
        if (this.#ahead > 0 && (!this.pipelining || this.#ahead + more > mostAhead)) return;
        this.wire.write(command);
        exchange.sent += 1;
        this.#ahead += more;
      }
      if (exchange.transfer) return;
    }
  }

  #take(reply: Reply): void {
    const [exchange] = this.#exchanges;
    if (reply.code === 421) {
      this.#reason = busy();
      this.close();
    }
    if (!exchange || this.closed) return;
    const broken = exchange.transfer && (this.#transfer === 'broken' || this.#transfer === 'asked');
    if (reply.code < 200 || (broken && reply.code !== 257)) this.#pass(exchange);
    else this.#answer(exchange, reply);
  }

  #answer(exchange: Exchange, reply: Reply): void {
    this.idleSince = performance.now();
    this.#passing = 0;
    const answered = exchange.commands[exchange.replies.length]!;
    // Nothing was sent for a greeting.
    this.#ahead -= answered === '' ? 0 : answered.length + 2;
    exchange.replies.push(reply);
    if (exchange.replies.length === exchange.commands.length) {
      this.#exchanges.shift();
      exchange.resolve(exchange.replies);
    }
    if (this.#exchanges.length > 0) this.#wait(this.timeout);
    else clearTimeout(this.#patience);
    this.#send();
  }

  /** Something that is no command's last reply. */
  #pass({ transfer }: Exchange): void {
    this.#passing += 1;
    if (this.#passing > mostPassing) this.close();
    if (transfer && this.#transfer === 'running') clearTimeout(this.#patience);
    if (this.closed || !transfer || this.#transfer !== 'broken') return;
    this.#transfer = 'asked';
    this.wire.write('PWD');
  }

  #wait(within: number): void {
    clearTimeout(this.#patience);
    this.#patience = setTimeout(() => this.close(), within);
  }

  #end(): void {
    clearTimeout(this.#patience);
    const reason = this.#reason ?? lost();
    for (const { reject } of this.#exchanges.splice(0)) reject(reason);
  }
}

function unspeakable(): TerminalError {
  return new TerminalError(
    'FTPサーバーに送れない文字(改行など)が指定に含まれています。何も送信していません。指定をご確認ください。',
  );
}
