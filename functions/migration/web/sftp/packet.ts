import { TerminalError } from '../../../case/errors.ts';

/** SSH File Transfer Protocol, version 3: draft-ietf-secsh-filexfer-02. */
export const packetType = {
  init: 1,
  version: 2,
  open: 3,
  close: 4,
  read: 5,
  write: 6,
  lstat: 7,
  fstat: 8,
  setstat: 9,
  fsetstat: 10,
  opendir: 11,
  readdir: 12,
  remove: 13,
  mkdir: 14,
  realpath: 16,
  stat: 17,
  rename: 18,
  readlink: 19,
  symlink: 20,
  status: 101,
  handle: 102,
  data: 103,
  name: 104,
  attributes: 105,
  extended: 200,
} as const;

/** OpenSSH's own limit is 256 KiB; a longer packet is an attack on our memory. */
export const longestPacket = 512 * 1024;

export function uint32(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(4);
  bytes.writeUInt32BE(value >>> 0);
  return bytes;
}

export function uint64(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(8);
  bytes.writeBigUInt64BE(BigInt(value));
  return bytes;
}

export function string(value: Buffer | string): Buffer {
  const bytes = typeof value === 'string' ? Buffer.from(value) : value;
  return Buffer.concat([uint32(bytes.length), bytes]);
}

/** Reads a packet's fields in order; a packet that ends too early is refused. */
export class PacketReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get rest(): number {
    return this.#bytes.length - this.#at;
  }

  uint32(): number {
    return this.#take(4).readUInt32BE(0);
  }

  uint64(): number {
    const value = Number(this.#take(8).readBigUInt64BE(0));
    if (!Number.isSafeInteger(value)) throw nonsense();
    return value;
  }

  /** A view, not a copy. */
  string(): Buffer {
    return this.#take(this.uint32());
  }

  #take(count: number): Buffer {
    if (count > this.rest) throw nonsense();
    this.#at += count;
    return this.#bytes.subarray(this.#at - count, this.#at);
  }
}

export function nonsense(): TerminalError {
  return new TerminalError(
    'サーバーの応答がSFTPとして読み取れません。作業を止めました。移行済みの分は保持しています。接続先をご確認ください。',
  );
}

/** Cuts a stream into packets (type, then body) without ever holding more than one unfinished packet. */
export class PacketSplitter {
  readonly #onPacket: (type: number, body: Buffer) => void;
  #head = Buffer.alloc(0);
  #packet: Buffer | undefined;
  #filled = 0;

  constructor(onPacket: (type: number, body: Buffer) => void) {
    this.#onPacket = onPacket;
  }

  /** Throws TerminalError on a length that cannot be. */
  push(piece: Buffer): void {
    let bytes = piece;
    if (this.#packet) {
      bytes = this.#fill(this.#packet, bytes);
    } else if (this.#head.length > 0) {
      bytes = Buffer.concat([this.#head, bytes]);
      this.#head = Buffer.alloc(0);
    }
    while (bytes.length >= 4) {
      const length = bytes.readUInt32BE(0);
      if (length < 1 || length > longestPacket) throw nonsense();
      const body = bytes.subarray(4, 4 + length);
      bytes = bytes.subarray(4 + body.length);
      if (body.length === length) {
        this.#onPacket(body[0]!, body.subarray(1));
      } else {
        this.#packet = Buffer.allocUnsafe(length);
        this.#filled = 0;
        this.#fill(this.#packet, body);
      }
    }
    if (bytes.length > 0) this.#head = Buffer.from(bytes);
  }

  /** Returns what is left over for the packets after this one. */
  #fill(packet: Buffer, bytes: Buffer): Buffer {
    const count = Math.min(packet.length - this.#filled, bytes.length);
    bytes.copy(packet, this.#filled, 0, count);
    this.#filled += count;
    if (this.#filled === packet.length) {
      this.#packet = undefined;
      this.#onPacket(packet[0]!, packet.subarray(1));
    }
    return bytes.subarray(count);
  }
}
