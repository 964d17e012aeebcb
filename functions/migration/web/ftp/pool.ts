import { TransientError } from '../../../case/errors.ts';
import type { Control } from './control.ts';
import { lost } from './reply.ts';

/** Milliseconds of silence after which a connection is tried before it is used: servers hang up on idle ones. */
const idleTrust = 10_000;

/**
 * Control connections to one server: opened when there is work for them, never more than the cap, nor than the server
 * turned out to allow. Each is used for one exchange at a time.
 */
export class Pool {
  readonly #open: () => Promise<Control>;
  readonly #idle: Control[] = [];
  readonly #all = new Set<Control>();
  readonly #waiting: { resolve(control: Control | undefined): void }[] = [];
  #opening = 0;
  #cap: number;
  #closed = false;
  /** Asked when all are busy: ends a transfer that was left open, and gives its connection back. */
  onPressure: (() => void) | undefined;

  constructor(first: Control, cap: number, open: () => Promise<Control>) {
    this.#open = open;
    this.#cap = Math.max(1, cap);
    this.#all.add(first);
    this.#idle.push(first);
  }

  get size(): number {
    return this.#all.size;
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
      if (this.#closed) throw lost();
      const idle = this.#idle.pop();
      if (idle && (await this.#alive(idle))) return idle;
      if (idle) continue;
      if (this.#all.size + this.#opening < this.#cap) {
        const opened = await this.#tryOpen();
        if (opened) return opened;
        continue;
      }
      this.onPressure?.();
      if (this.#idle.length > 0) continue;
      const handed = await new Promise<Control | undefined>((resolve) => this.#waiting.push({ resolve }));
      if (handed) return handed;
    }
  }

  giveBack(control: Control): void {
    if (control.closed || this.#closed) {
      this.#drop(control);
      return;
    }
    const next = this.#waiting.shift();
    if (next) next.resolve(control);
    else if (control.owes) this.#settle(control);
    else this.#idle.push(control);
  }

  /** Nobody came whose commands the deferred ones could go with. */
  #settle(control: Control): void {
    control.ask().then(
      () => this.giveBack(control),
      () => this.#drop(control),
    );
  }

  close(): void {
    this.#closed = true;
    for (const control of this.#all) control.close();
    for (const { resolve } of this.#waiting.splice(0)) resolve(undefined);
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
        return undefined;
      }
      // Whoever waits finds out for himself: no connection may be left to wait for.
      this.#waiting.shift()?.resolve(undefined);
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
    this.#waiting.shift()?.resolve(undefined);
  }
}
