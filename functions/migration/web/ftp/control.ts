import type { Socket } from 'node:net';
import type { ResolvedHost } from '../../resolve-host.ts';
import { Exchanges } from './exchanges.ts';
import { busy, lost, type Reply } from './reply.ts';
import { Wire } from './wire.ts';

export type Replies<T> = { [K in keyof T]: Reply };

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
  idleSince = performance.now();
  /** Told whether a data connection came about. */
  whenDialled: (connected: boolean) => void = () => undefined;
  readonly #exchanges = new Exchanges();
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

  /** Several commands leave together; set once the server has shown that it takes that. */
  get pipelining(): boolean {
    return this.#exchanges.pipelining;
  }

  set pipelining(taken: boolean) {
    this.#exchanges.pipelining = taken;
  }

  close(): void {
    this.wire.close();
  }

  async greeting(): Promise<Reply> {
    return (await this.#exchange([''], { greeting: true }))[0]!;
  }

  /** One reply a command, refusals included. Commands must not begin a transfer. */
  ask<T extends readonly string[]>(...commands: T): Promise<Replies<T>> {
    return this.#exchange(commands, {}) as Promise<Replies<T>>;
  }

  /** Sends a command that begins a transfer; its last reply, a refusal included. */
  async start(command: string): Promise<Reply> {
    this.#transfer = 'running';
    try {
      return (await this.#exchange([command], { transfer: true }))[0]!;
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

  async #exchange(
    commands: readonly string[],
    kind: { transfer?: boolean; greeting?: boolean },
  ): Promise<Reply[]> {
    if (this.closed) throw lost();
    if (commands.length === 0) return [];
    const idle = this.#exchanges.first === undefined;
    const replies = this.#exchanges.add(commands, kind);
    if (idle && this.#exchanges.first) this.#wait(this.timeout);
    this.#send();
    return replies;
  }

  #send(): void {
    for (const command of this.#exchanges.due()) this.wire.write(command);
  }

  #take(reply: Reply): void {
    if (reply.code === 421) {
      this.#reason = busy();
      this.close();
    }
    const { first } = this.#exchanges;
    if (!first || this.closed) return;
    const broken = first.transfer && (this.#transfer === 'broken' || this.#transfer === 'asked');
    if (reply.code < 200 || (broken && reply.code !== 257)) this.#pass(first.transfer);
    else this.#answer(reply);
  }

  #answer(reply: Reply): void {
    this.idleSince = performance.now();
    this.#passing = 0;
    this.#exchanges.answer(reply);
    if (this.#exchanges.first) this.#wait(this.timeout);
    else clearTimeout(this.#patience);
    this.#send();
  }

  /** Something that is no command's last reply. */
  #pass(transfer: boolean): void {
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
    this.#exchanges.fail(this.#reason ?? lost());
  }
}
