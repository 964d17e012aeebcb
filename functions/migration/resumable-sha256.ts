/**
 * SHA-256 (FIPS 180-4) whose state can be written down. A file of many gigabytes is hashed over several calls, and
 * node:crypto cannot save its state; everything that fits into one call uses node:crypto.
 */
const K = roundConstants();
const schedule = new Int32Array(64);

export interface Sha256State {
  words: number[];
  /** What did not fill a block yet, base64. */
  rest: string;
  bytes: number;
}

/** What it has in common with node:crypto's Hash. */
export interface FileHash {
  update(data: Buffer): unknown;
  digest(encoding: 'hex'): string;
}

export class ResumableSha256 implements FileHash {
  readonly #words: Int32Array;
  #rest: Buffer;
  #bytes: number;

  constructor(state?: Sha256State) {
    this.#words = Int32Array.from(state?.words ?? initialWords());
    this.#rest = Buffer.from(state?.rest ?? '', 'base64');
    this.#bytes = state?.bytes ?? 0;
  }

  update(data: Buffer): this {
    this.#bytes += data.length;
    let at = 0;
    if (this.#rest.length > 0) {
      at = Math.min(64 - this.#rest.length, data.length);
      this.#rest = Buffer.concat([this.#rest, data.subarray(0, at)]);
      if (this.#rest.length < 64) return this;
      compress(this.#words, this.#rest, 0);
    }
    for (; at + 64 <= data.length; at += 64) compress(this.#words, data, at);
    this.#rest = Buffer.from(data.subarray(at));
    return this;
  }

  /** How many have been hashed. */
  get bytes(): number {
    return this.#bytes;
  }

  state(): Sha256State {
    return { words: [...this.#words], rest: this.#rest.toString('base64'), bytes: this.#bytes };
  }

  /** The state stays as it was. */
  digest(_encoding: 'hex' = 'hex'): string {
    const words = Int32Array.from(this.#words);
    const tail = Buffer.alloc(this.#rest.length < 56 ? 64 : 128);
    this.#rest.copy(tail);
    tail[this.#rest.length] = 0x80;
    tail.writeBigUInt64BE(BigInt(this.#bytes) * 8n, tail.length - 8);
    for (let at = 0; at < tail.length; at += 64) compress(words, tail, at);
    return [...words].map((word) => (word >>> 0).toString(16).padStart(8, '0')).join('');
  }
}

function compress(words: Int32Array, block: Buffer, at: number): void {
  const w = schedule;
  for (let i = 0; i < 16; i += 1) {
    const byte = at + i * 4;
    w[i] = (block[byte]! << 24) | (block[byte + 1]! << 16) | (block[byte + 2]! << 8) | block[byte + 3]!;
  }
  for (let i = 16; i < 64; i += 1) {
    const x = w[i - 15]!;
    const y = w[i - 2]!;
    const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
    const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
    w[i] = (w[i - 16]! + s0 + w[i - 7]! + s1) | 0;
  }
  let a = words[0]!;
  let b = words[1]!;
  let c = words[2]!;
  let d = words[3]!;
  let e = words[4]!;
  let f = words[5]!;
  let g = words[6]!;
  let h = words[7]!;
  for (let i = 0; i < 64; i += 1) {
    const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const t1 = (h + s1 + ((e & f) ^ (~e & g)) + K[i]! + w[i]!) | 0;
    const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + t1) | 0;
    d = c;
    c = b;
    b = a;
    a = (t1 + t2) | 0;
  }
  words[0] = (words[0]! + a) | 0;
  words[1] = (words[1]! + b) | 0;
  words[2] = (words[2]! + c) | 0;
  words[3] = (words[3]! + d) | 0;
  words[4] = (words[4]! + e) | 0;
  words[5] = (words[5]! + f) | 0;
  words[6] = (words[6]! + g) | 0;
  words[7] = (words[7]! + h) | 0;
}

function primes(count: number): number[] {
  const found: number[] = [];
  for (let n = 2; found.length < count; n += 1) if (found.every((prime) => n % prime !== 0)) found.push(n);
  return found;
}

/** The first 32 bits of the fractional part. */
function fraction(root: number): number {
  return ((root - Math.floor(root)) * 0x1_0000_0000) | 0;
}

function roundConstants(): Int32Array {
  return Int32Array.from(primes(64), (prime) => fraction(Math.cbrt(prime)));
}

function initialWords(): number[] {
  return primes(8).map((prime) => fraction(Math.sqrt(prime)));
}
