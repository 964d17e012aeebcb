import { createHash } from 'node:crypto';
import type { Random } from '../../functions/case/ports.ts';

/** The same stream for the same seed, on every machine: SHA-256 over the seed and a counter. */
export class SeededRandom implements Random {
  readonly #seed: string;
  #counter = 0;
  #left = Buffer.alloc(0);

  constructor(seed: string) {
    this.#seed = seed;
  }

  bytes(count: number): Uint8Array {
    while (this.#left.length < count) {
      const block = createHash('sha256').update(`${this.#seed}:${this.#counter}`).digest();
      this.#counter += 1;
      this.#left = Buffer.concat([this.#left, block]);
    }
    const taken = this.#left.subarray(0, count);
    this.#left = this.#left.subarray(count);
    return new Uint8Array(taken);
  }

  /** From 0 up to 1, without 1. */
  fraction(): number {
    return Buffer.from(this.bytes(4)).readUInt32BE() / 2 ** 32;
  }

  /** From 0 up to `below`, without it. */
  integer(below: number): number {
    return Math.floor(this.fraction() * below);
  }

  chance(probability: number): boolean {
    return this.fraction() < probability;
  }

  pick<T>(from: readonly T[]): T {
    return from[this.integer(from.length)]!;
  }
}
