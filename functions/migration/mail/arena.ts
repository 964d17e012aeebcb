import { batchBytes } from './batch.ts';

/** A batch may end with a message that does not fit any more: that one gets a buffer of its own. */
const arenaBytes = batchBytes + 256 * 1024;

/**
 * The memory of one batch: its messages one after the other, and its staged copy. Used again and again, because buffers
 * that come and go by the hundred megabytes keep the garbage collector busier than anything else in a move.
 */
export class Arena {
  readonly #messages = Buffer.allocUnsafeSlow(arenaBytes);
  readonly sealed = Buffer.allocUnsafeSlow(arenaBytes + 64 * 1024);
  #used = 0;

  readonly allocate = (size: number): Buffer => {
    if (this.#used + size > arenaBytes) return Buffer.allocUnsafeSlow(size);
    this.#used += size;
    return this.#messages.subarray(this.#used - size, this.#used);
  };

  clear(): void {
    this.#used = 0;
  }
}

/** What two chunks at once need; more are made when needed, and left to the garbage collector afterwards. */
const mostKept = 6;
const kept: Arena[] = [];

export function borrowArena(): Arena {
  return kept.pop() ?? new Arena();
}

/** Nothing reads or writes its bytes any more. */
export function returnArena(arena: Arena): void {
  arena.clear();
  if (kept.length < mostKept) kept.push(arena);
}

/** The same bytes as these buffers have in turn: without a copy where they lie one behind the other. */
export function joined(buffers: readonly Buffer[]): Buffer {
  const [first] = buffers;
  let end = first?.byteOffset ?? 0;
  for (const one of buffers) {
    if (one.buffer !== first?.buffer || one.byteOffset !== end) return Buffer.concat(buffers);
    end += one.length;
  }
  return first ? Buffer.from(first.buffer, first.byteOffset, end - first.byteOffset) : Buffer.alloc(0);
}
