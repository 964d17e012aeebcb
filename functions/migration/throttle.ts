import { setTimeout as wait } from 'node:timers/promises';

/** Milliseconds. */
export interface ThrottleTime {
  now(): number;
  wait(milliseconds: number): Promise<unknown>;
}

/** Spreads reads over time so that an old server keeps serving its visitors. One for all connections to a server. */
export class Throttle {
  readonly #bytesPerSecond: number;
  readonly #time: ThrottleTime;
  #freeAt = 0;

  /** Without a rate nothing is held back. */
  constructor(
    bytesPerSecond?: number,
    time: ThrottleTime = { now: () => performance.now(), wait: (ms) => wait(ms) },
  ) {
    this.#bytesPerSecond = bytesPerSecond ?? Number.POSITIVE_INFINITY;
    this.#time = time;
  }

  get limited(): boolean {
    return this.#bytesPerSecond !== Number.POSITIVE_INFINITY;
  }

  /** Waits until `bytes` may be asked for. */
  async take(bytes: number): Promise<void> {
    if (!this.limited) return;
    const now = this.#time.now();
    const start = Math.max(now, this.#freeAt);
    this.#freeAt = start + (bytes * 1000) / this.#bytesPerSecond;
    if (start > now) await this.#time.wait(start - now);
  }
}
