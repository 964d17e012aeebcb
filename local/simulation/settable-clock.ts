import type { Clock } from '../../functions/case/ports.ts';

/** A clock that stands until it is set. It never goes back by itself; a test may set it so. */
export class SettableClock implements Clock {
  #now: number;

  constructor(start: Date) {
    this.#now = start.getTime();
  }

  now(): Date {
    return new Date(this.#now);
  }

  set(to: Date): void {
    this.#now = to.getTime();
  }

  advance(milliseconds: number): void {
    this.#now += milliseconds;
  }
}
