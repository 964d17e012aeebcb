import { lost } from './reply.ts';

/** A line that cuts transfers off does better some time; what is short so often in a row is short. */
const most = 5;

/** Transfers whose end came early, by what they were of: on the wire that looks like any end. */
export class Cuts {
  readonly #times = new Map<string, number>();

  /** Throws TransientError where trying again may help; returns when it has been tried often enough. */
  note(what: string): void {
    const times = (this.#times.get(what) ?? 0) + 1;
    if (times < most) {
      this.#times.set(what, times);
      throw lost();
    }
    this.#times.delete(what);
  }

  forget(what: string): void {
    this.#times.delete(what);
  }
}
