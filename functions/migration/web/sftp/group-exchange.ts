import { randomBytes } from 'node:crypto';
import type { Client } from 'ssh2';

const leastBits = 2048;
const mostBits = 8192;
/** Bytes of our secret: twice the strength of any cipher's key (RFC 4419, 6.2). */
const secretBytes = 64;

/**
 * Diffie-Hellman in a group that the server chose (RFC 4419), as ssh2 uses node:crypto's. That one proves at each log-in that
 * the prime is one: 3 to 7 s for 3,072 bits, half a minute for 8,192, in which nothing else runs. OpenSSH's client proves nothing
 * either: the group is signed with the host key. Throws where a number is out of its range.
 */
export class ServersGroup {
  readonly #prime: bigint;
  readonly #generator: bigint;
  readonly #secret = numberOf(randomBytes(secretBytes));

  constructor(prime: Buffer, generator: Buffer) {
    this.#prime = numberOf(prime);
    this.#generator = numberOf(generator);
    const bits = this.#prime.toString(2).length;
    if (bits < leastBits || bits > mostBits || !this.#isElement(this.#generator)) throw new Error('group');
  }

  generateKeys(): Buffer {
    return bytesOf(power(this.#generator, this.#secret, this.#prime));
  }

  computeSecret(theirs: Buffer): Buffer {
    const key = numberOf(theirs);
    if (!this.#isElement(key)) throw new Error('public key');
    return bytesOf(power(key, this.#secret, this.#prime));
  }

  getPrime(): Buffer {
    return bytesOf(this.#prime);
  }

  getGenerator(): Buffer {
    return bytesOf(this.#generator);
  }

  #isElement(number: bigint): boolean {
    return number > 1n && number < this.#prime - 1n;
  }
}

/** Of ssh2 1.17, lib/protocol/kex.js: one for each exchange of keys. */
interface KeyExchange {
  type: string;
  _dh: unknown;
  _public: Buffer | null;
  _prime: Buffer | null;
  _generator: Buffer | null;
  generateKeys(): void;
}

/** To be called in the turn in which `client` is told to connect. */
export function useServersGroup(client: Client): void {
  const { _protocol: protocol } = client as unknown as { _protocol: { _kex?: KeyExchange | undefined } };
  let current: KeyExchange | undefined;
  Object.defineProperty(protocol, '_kex', {
    get: () => current,
    set: (exchange: KeyExchange | undefined) => {
      current = exchange;
      if (exchange?.type === 'groupex') exchange.generateKeys = generateKeys;
    },
  });
}

function generateKeys(this: KeyExchange): void {
  if (this._dh || !this._prime || !this._generator) return;
  const group = new ServersGroup(this._prime, this._generator);
  this._dh = group;
  this._public = group.generateKeys();
}

function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n;
  for (const bit of exponent.toString(2)) {
    result = (result * result) % modulus;
    if (bit === '1') result = (result * base) % modulus;
  }
  return result;
}

function numberOf(bytes: Buffer): bigint {
  return BigInt(`0x${bytes.toString('hex') || '0'}`);
}

function bytesOf(number: bigint): Buffer {
  const digits = number.toString(16);
  return Buffer.from(digits.length % 2 === 0 ? digits : `0${digits}`, 'hex');
}
