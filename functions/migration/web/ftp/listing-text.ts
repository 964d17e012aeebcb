import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { ObjectProblem } from '../../object-problem.ts';

/** Of one listing, as it is sent: 500,000 names of ordinary length. */
const mostBytes = 96 * 1024 * 1024;
/** Of all listings of a tree that wait to be used, packed. */
const mostHeld = 64 * 1024 * 1024;
const longestLine = 4096;
const blockBytes = 1024 * 1024;

/** Cuts bytes into lines, without their ends. */
export class LineSplitter {
  #rest = '';

  /** Throws ObjectProblem for a line that no listing has. */
  *push(piece: Buffer): Generator<string> {
    const lines = (this.#rest + piece.toString('latin1')).split('\n');
    this.#rest = lines.pop()!;
    for (const line of lines) yield whole(line);
    whole(this.#rest);
  }

  /** All lines so far have ended. */
  get isWhole(): boolean {
    return this.#rest === '';
  }

  *end(): Generator<string> {
    if (this.#rest !== '') yield whole(this.#rest);
    this.#rest = '';
  }
}

/** Counts a listing's bytes. Throws ObjectProblem when they do not end. */
export class ListingLimit {
  #bytes = 0;

  add(bytes: number): void {
    this.#bytes += bytes;
    if (this.#bytes > mostBytes) throw endless();
  }
}

/**
 * A listing that was received whole, so that no connection is held while the walk takes its time; packed, because
 * the walk begins several ahead and each may have 200,000 names.
 */
export class ListingText {
  readonly #held: { bytes: number };
  readonly #blocks: Buffer[] = [];
  readonly #limit = new ListingLimit();
  #open: Buffer[] = [];
  #openBytes = 0;
  #last: number | undefined;

  /** `held` counts what all listings of the tree hold. */
  constructor(held: { bytes: number }) {
    this.#held = held;
  }

  /** Throws ObjectProblem when there is too much. */
  add(piece: Buffer): void {
    this.#limit.add(piece.length);
    this.#open.push(piece);
    this.#openBytes += piece.length;
    this.#last = piece.at(-1);
    if (this.#openBytes < blockBytes) return;
    const block = deflateRawSync(Buffer.concat(this.#open), { level: 1 });
    this.#open = [];
    this.#openBytes = 0;
    this.#blocks.push(block);
    this.#held.bytes += block.length;
    if (this.#held.bytes > mostHeld) throw endless();
  }

  /** All lines so far have ended. */
  get isWhole(): boolean {
    return this.#last === undefined || this.#last === 0x0a;
  }

  *lines(): Generator<string> {
    const splitter = new LineSplitter();
    for (const block of this.#blocks) yield* splitter.push(inflateRawSync(block));
    for (const piece of this.#open) yield* splitter.push(piece);
    yield* splitter.end();
  }

  drop(): void {
    for (const block of this.#blocks.splice(0)) this.#held.bytes -= block.length;
    this.#open = [];
  }
}

function whole(line: string): string {
  if (line.length > longestLine) throw endless();
  return line.endsWith('\r') ? line.slice(0, -1) : line;
}

function endless(): ObjectProblem {
  return new ObjectProblem('failed', 'list');
}
