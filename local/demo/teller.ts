import type { Actor } from '../../functions/case/case.ts';
import { actorNames } from '../../functions/case/wording.ts';

/** Prints what happens, a line a step: seconds since the start, who, what. */
export class Teller {
  readonly #started = performance.now();
  readonly #print: (line: string) => void;

  constructor(print: (line: string) => void) {
    this.#print = print;
  }

  tell(who: Actor, what: string): void {
    const seconds = this.seconds.toFixed(1).padStart(6);
    const name = who === 'system' ? '自動処理' : actorNames[who];
    this.#print(`${seconds}秒  ${name}  ${what}`);
  }

  /** Something to read below a step. */
  add(what: string): void {
    this.#print(`${' '.repeat(20)}${what}`);
  }

  plain(line: string): void {
    this.#print(line);
  }

  get seconds(): number {
    return (performance.now() - this.#started) / 1000;
  }
}
