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
  extendedReply: 201,
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
    const at = this.#pass(4);
    return this.#bytes.readUInt32BE(at);
  }

  uint64(): number {
    const at = this.#pass(8);
    const value = this.#bytes.readUInt32BE(at) * 2 ** 32 + this.#bytes.readUInt32BE(at + 4);
    if (!Number.isSafeInteger(value)) throw nonsense();
    return value;
  }

  /** A view, not a copy. */
  string(): Buffer {
    const count = this.uint32();
    const at = this.#pass(count);
    return this.#bytes.subarray(at, at + count);
  }

  /** Where the next `count` bytes begin. */
  #pass(count: number): number {
    if (count > this.rest) throw nonsense();
    this.#at += count;
    return this.#at - count;
  }
}

export function nonsense(): TerminalError {
  return new TerminalError(
    'サーバーの応答がSFTPとして読み取れません。作業を止めました。移行済みの分は保持しています。接続先をご確認ください。',
  );
}

/** Type, id and length, which come before the bytes of a DATA packet. */
const dataHead = 9;

export interface PacketReceiver {
  /** `inPlace`: the bytes of this DATA packet are where `roomFor` wanted them; `body` is what came before them. */
  onPacket(type: number, body: Buffer, inPlace: boolean): void;
  /** Where the bytes of a DATA packet go whose `head` says that it has `count` of them; without: into its body. */
  roomFor?(head: Buffer, count: number): Buffer | undefined;
}

/** Cuts a stream into packets (type, then body) without ever holding more than one unfinished packet. */
export class PacketSplitter {
  readonly #receiver: PacketReceiver;
  /** Of a packet whose length has not come yet. */
  #beginning = Buffer.alloc(0);
  /** Of an unfinished packet: all of it, or its content alone, behind `head`. */
  #packet: Buffer | undefined;
  #head: Buffer | undefined;
  #filled = 0;

  constructor(receiver: PacketReceiver) {
    this.#receiver = receiver;
  }

  /** Throws TerminalError on a length that cannot be. */
  push(piece: Buffer): void {
    let bytes = piece;
    if (this.#packet) {
      bytes = this.#fill(this.#packet, bytes);
    } else if (this.#beginning.length > 0) {
      bytes = Buffer.concat([this.#beginning, bytes]);
      this.#beginning = Buffer.alloc(0);
    }
    while (bytes.length >= 4) {
      const length = bytes.readUInt32BE(0);
      if (length < 1 || length > longestPacket) throw nonsense();
      const packet = bytes.subarray(4, 4 + length);
      bytes = bytes.subarray(4 + packet.length);
      if (packet.length === length) this.#receiver.onPacket(packet[0]!, packet.subarray(1), false);
      else this.#begin(packet, length);
    }
    if (bytes.length > 0) this.#beginning = Buffer.from(bytes);
  }

  #begin(packet: Buffer, length: number): void {
    const room = this.#roomFor(packet, length);
    this.#head = room && Buffer.from(packet.subarray(0, dataHead));
    this.#packet = room ?? Buffer.allocUnsafe(length);
    this.#filled = 0;
    this.#fill(this.#packet, room ? packet.subarray(dataHead) : packet);
  }

  #roomFor(packet: Buffer, length: number): Buffer | undefined {
    if (packet[0] !== packetType.data || packet.length < dataHead) return undefined;
    const count = packet.readUInt32BE(dataHead - 4);
    return count === length - dataHead ? this.#receiver.roomFor?.(packet, count) : undefined;
  }

  /** Returns what is left over for the packets after this one. */
  #fill(packet: Buffer, bytes: Buffer): Buffer {
    const count = Math.min(packet.length - this.#filled, bytes.length);
    bytes.copy(packet, this.#filled, 0, count);
    this.#filled += count;
    if (this.#filled === packet.length) {
      const whole = this.#head ?? packet;
      const inPlace = this.#head !== undefined;
      this.#packet = undefined;
      this.#head = undefined;
      this.#receiver.onPacket(whole[0]!, whole.subarray(1), inPlace);
    }
    return bytes.subarray(count);
  }
}
