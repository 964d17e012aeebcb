import { readPax } from './pax.ts';
import { blockBytes, checksum, paddingAfter } from './tar-header.ts';
import { TarProblem } from './tar-problem.ts';

export interface TarEntry {
  name: Buffer;
  /** A regular file; anything else (links, devices, directories) has no content of use to us. */
  isFile: boolean;
  size: number;
  mode: number;
  mtime: number;
}

/** Names and attributes that come as content of an entry of their own. */
const longestExtension = 64 * 1024;

/**
 * Reads a tar stream of a hostile server (threats.md, row 13): ustar, GNU long names, pax. `place` says where the
 * beginning of an entry's content goes, as far as there is room; the rest is passed over. Names are unchecked. Memory:
 * one header. Throws TarProblem: wrong checksum, sparse, an extension beyond 64 KB, or an end before the end.
 */
export class TarReader {
  readonly #place: (entry: TarEntry) => Buffer | undefined;
  readonly #block = Buffer.alloc(blockBytes);
  #inBlock = 0;
  /** Of the content that comes now: where it goes, and how much is still to come, with and without the padding. */
  #target: Buffer | undefined;
  #filled = 0;
  #content = 0;
  #padding = 0;
  #extension: { flag: string; bytes: Buffer } | undefined;
  #next: { name?: Buffer; size?: number; mtime?: number } = {};
  #ended = false;

  constructor(place: (entry: TarEntry) => Buffer | undefined) {
    this.#place = place;
  }

  push(piece: Buffer): void {
    let at = 0;
    while (at < piece.length && !this.#ended) {
      if (this.#content > 0) at += this.#take(piece, at);
      else if (this.#padding > 0) {
        const passed = Math.min(this.#padding, piece.length - at);
        this.#padding -= passed;
        at += passed;
      } else {
        const copied = piece.copy(this.#block, this.#inBlock, at, at + blockBytes - this.#inBlock);
        this.#inBlock += copied;
        at += copied;
        if (this.#inBlock < blockBytes) return;
        this.#inBlock = 0;
        this.#header(this.#block);
      }
    }
  }

  /** The stream has ended. */
  end(): void {
    if (!this.#ended) throw new TarProblem('truncated');
  }

  #take(piece: Buffer, at: number): number {
    const count = Math.min(this.#content, piece.length - at);
    if (this.#target && this.#filled < this.#target.length) {
      this.#filled += piece.copy(this.#target, this.#filled, at, at + count);
    }
    this.#content -= count;
    if (this.#content === 0 && this.#extension) this.#extend(this.#extension);
    return count;
  }

  #header(block: Buffer): void {
    if (block[0] === 0 && block.every((byte) => byte === 0)) {
      this.#ended = true;
      return;
    }
    if (checksum(block) !== number(block, 148, 8)) throw new TarProblem('checksum');
    const flag = block.toString('latin1', 156, 157);
    const size = number(block, 124, 12);
    if ('LKxg'.includes(flag)) {
      if (size > longestExtension) throw new TarProblem('extension');
      this.#extension = { flag, bytes: Buffer.alloc(size) };
      this.#begin(size, this.#extension.bytes);
      if (size === 0) this.#extend(this.#extension);
      return;
    }
    if (flag === 'S') throw new TarProblem('sparse');
    const isFile = flag === '0' || flag === '\0' || flag === '7';
    const entry: TarEntry = {
      name: nameOf(block),
      isFile,
      mode: number(block, 100, 8) & 0o7777,
      // GNU's binary form of a number below zero: from before 1970 (timeOf).
      mtime: block[136] === 0xff ? 0 : number(block, 136, 12),
      size,
      ...this.#next,
    };
    this.#next = {};
    this.#begin(isFile ? entry.size : 0, this.#place(entry));
  }

  #begin(size: number, target: Buffer | undefined): void {
    this.#content = size;
    this.#padding = paddingAfter(size);
    this.#target = target;
    this.#filled = 0;
  }

  #extend({ flag, bytes }: { flag: string; bytes: Buffer }): void {
    this.#extension = undefined;
    if (flag === 'L') this.#next.name = untilZero(bytes);
    if (flag === 'x') Object.assign(this.#next, readPax(bytes));
  }
}

function nameOf(block: Buffer): Buffer {
  const name = untilZero(block.subarray(0, 100));
  const isPosix = block.toString('latin1', 257, 263) === 'ustar\0';
  const prefix = isPosix ? untilZero(block.subarray(345, 500)) : Buffer.alloc(0);
  return Buffer.from(prefix.length === 0 ? name : Buffer.concat([prefix, Buffer.from('/'), name]));
}

function untilZero(bytes: Buffer): Buffer {
  const end = bytes.indexOf(0);
  return end < 0 ? bytes : bytes.subarray(0, end);
}

/** Octal digits, or GNU's binary form for what does not fit. */
function number(block: Buffer, at: number, length: number): number {
  let value = 0;
  if (block[at] === 0x80) {
    for (let next = at + 1; next < at + length; next += 1) value = value * 256 + block[next]!;
  } else {
    const text = block
      .toString('latin1', at, at + length)
      .replace(/[\0 ]+$/, '')
      .trimStart();
    if (!/^[0-7]*$/.test(text)) throw new TarProblem('number');
    value = Number.parseInt(text || '0', 8);
  }
  if (!Number.isSafeInteger(value)) throw new TarProblem('number');
  return value;
}
