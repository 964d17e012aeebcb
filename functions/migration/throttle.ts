import { setTimeout as wait } from 'node:timers/promises';

/** Spreads reads over time so that an old server keeps serving its visitors. One for all connections to a server. */
export class Throttle {
  readonly #bytesPerSecond: number;
  #freeAt = 0;

  /** Without a rate nothing is held back. */
  constructor(bytesPerSecond?: number) {
    this.#bytesPerSecond = bytesPerSecond ?? Number.POSITIVE_INFINITY;
  }

  get limited(): boolean {
    return this.#bytesPerSecond !== Number.POSITIVE_INFINITY;
  }

  /** Waits until `bytes` may be asked for. */
  async take(bytes: number): Promise<void> {
    if (!this.limited) return;
    const now = performance.now();
    const start = Math.max(now, this.#freeAt);
    this.#freeAt = start + (bytes * 1000) / this.#bytesPerSecond;
    if (start > now) await wait(start - now);
  }
}
