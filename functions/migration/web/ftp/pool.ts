import { TransientError } from '../../../case/errors.ts';
import type { Control, Replies } from './control.ts';
import { lost } from './reply.ts';

/** Milliseconds of silence after which a connection is tried before it is used: servers hang up on idle ones. */
const idleTrust = 10_000;

/** Milliseconds for which a server that took no further connection is not asked for one. */
const shrunkFor = 60_000;

/** Of those who wait to ask, as many go along with one connection: the others share the work. */
const ridersAtOnce = 8;

/** Someone who waits until a connection is given back; undefined: one is lost, so that another may be opened. */
type Proceed = (control: Control | undefined) => unknown;

/**
 * Control connections to one server: opened when there is work for them, never more than the cap, nor than the server
 * turned out to allow. Each carries one transfer at a time; questions go along with whatever leaves next.
 */
export class Pool {
  readonly #open: () => Promise<Control>;
  readonly #idle: Control[] = [];
  readonly #all = new Set<Control>();
  /** Who wants a connection for a transfer. */
  readonly #takers: Proceed[] = [];
  /** Who only asks; each gives a promise of the replies. */
  readonly #riders: Proceed[] = [];
  readonly #most: number;
  #opening = 0;
  #cap: number;
  /** When the server last took no more. */
  #shrunk = 0;
  #closed = false;
  /** Asked when all are busy: each ends a transfer that was left open, if it has one, and gives its connection back. */
  readonly onPressure: (() => void)[] = [];

  constructor(first: Control, cap: number, open: () => Promise<Control>) {
    this.#open = open;
    this.#most = Math.max(1, cap);
    this.#cap = this.#most;
    this.#all.add(first);
    this.#idle.push(first);
  }

  /** One reply a command, refusals included, all on the same connection. Throws TransientError. */
  async ask<T extends readonly string[]>(...commands: T): Promise<Replies<T>> {
    for (;;) {
      const control = await this.#obtain();
      if (control) return this.#askOn(control, commands);
      if (!this.#allBusy) continue;
      const replies = await new Promise<Replies<T> | undefined>((resolve) => {
        this.#riders.push((lent) => {
          const answered = lent?.ask(...commands);
          resolve(answered);
          return answered;
        });
      });
      if (replies) return replies;
    }
  }

  async use<T>(work: (control: Control) => Promise<T>): Promise<T> {
    const control = await this.take();
    try {
      return await work(control);
    } finally {
      this.giveBack(control);
    }
  }

  async take(): Promise<Control> {
    for (;;) {
      const control = await this.#obtain();
      if (control) return control;
      if (!this.#allBusy) continue;
      const handed = await new Promise<Control | undefined>((resolve) => this.#takers.push(resolve));
      if (handed) return handed;
    }
  }

  giveBack(control: Control): void {
    if (control.closed || this.#closed) {
      this.#drop(control);
      return;
    }
    const riding = this.#riders.splice(0, ridersAtOnce).map((rider) => rider(control));
    const taker = this.#takers.shift();
    if (taker) taker(control);
    else if (this.#riders.length > 0) Promise.allSettled(riding).then(() => this.giveBack(control));
    else this.#idle.push(control);
  }

  close(): void {
    this.#closed = true;
    for (const control of this.#all) control.close();
    for (const proceed of [...this.#takers.splice(0), ...this.#riders.splice(0)]) proceed(undefined);
  }

  /** Where commands may be sent ahead of replies, the next one need not wait for these. */
  async #askOn<T extends readonly string[]>(control: Control, commands: T): Promise<Replies<T>> {
    const replies = control.ask(...commands);
    try {
      if (!control.pipelining) await replies;
    } finally {
      this.giveBack(control);
    }
    return replies;
  }

  /** Undefined: there is one to wait for. */
  async #obtain(): Promise<Control | undefined> {
    for (;;) {
      if (this.#closed) throw lost();
      const idle = this.#idle.shift();
      if (idle && (await this.#alive(idle))) return idle;
      if (idle) continue;
      if (!this.#allBusy) {
        const opened = await this.#tryOpen();
        if (opened) return opened;
        continue;
      }
      for (const yieldOne of this.onPressure) yieldOne();
      if (this.#allBusy) return undefined;
    }
  }

  get #allBusy(): boolean {
    if (performance.now() - this.#shrunk > shrunkFor) this.#cap = this.#most;
    return this.#idle.length === 0 && this.#all.size + this.#opening >= this.#cap;
  }

  /** Undefined when the server takes no further connection, and there are others to wait for. */
  async #tryOpen(): Promise<Control | undefined> {
    this.#opening += 1;
    try {
      const control = await this.#open();
      this.#all.add(control);
      if (this.#closed) control.close();
      return control;
    } catch (error) {
      // A refused log-in beside one that works is a limit of connections per user.
      if (this.#all.size > 0 && error instanceof TransientError) {
        this.#cap = this.#all.size;
        this.#shrunk = performance.now();
        return undefined;
      }
      // Whoever waits finds out for himself: no connection may be left to wait for.
      this.#wake();
      throw error;
    } finally {
      this.#opening -= 1;
    }
  }

  async #alive(control: Control): Promise<boolean> {
    if (!control.closed && performance.now() - control.idleSince < idleTrust) return true;
    if (!control.closed && (await control.ask('NOOP').catch(() => undefined)) && !control.closed) return true;
    this.#drop(control);
    return false;
  }

  #drop(control: Control): void {
    control.close();
    this.#all.delete(control);
    // Who waits may open another one now.
    this.#wake();
  }

  #wake(): void {
    (this.#takers.shift() ?? this.#riders.shift())?.(undefined);
  }
}
