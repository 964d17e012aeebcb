import {
  type CipherGCMTypes,
  createCipheriv,
  createSecretKey,
  type KeyObject,
  randomFillSync,
} from 'node:crypto';
import { giveBack } from '../../give-back.ts';

/** What ssh2 1.17 asks of a connection's cipher, and what its own has (lib/protocol/crypto.js, AESGCMCipherNative). */
export interface OwnCipher {
  outSeqno: number;
  free(): void;
  _encSSLName: CipherGCMTypes;
  _encKey: Buffer;
  /** Counted up in place. */
  _encIV: Buffer;
  _onWrite(bytes: Buffer): void;
}

const lengthBytes = 4;
const blockBytes = 16;
const poolBytes = 4096;

/**
 * AES-GCM of SSH packets (RFC 5647, aes128-gcm@openssh.com) for less of the processor than ssh2's own: the key is made an
 * object once and not for each packet, packets are put together in one place, padding comes from a pool of random bytes.
 */
export class PacketCipher {
  outSeqno: number;
  readonly #own: OwnCipher;
  readonly #write: (bytes: Buffer, taken: () => void) => void;
  readonly #key: KeyObject;
  readonly #padding = randomFillSync(Buffer.alloc(poolBytes));
  #usedPadding = 0;
  #room = Buffer.allocUnsafeSlow(64 * 1024);
  #dead = false;

  /** `write` says when the bytes have been taken. */
  constructor(own: OwnCipher, write: (bytes: Buffer, taken: () => void) => void) {
    this.#own = own;
    this.#write = write;
    this.#key = createSecretKey(own._encKey);
    this.outSeqno = own.outSeqno;
  }

  free(): void {
    this.#dead = true;
    this.#own.free();
  }

  /** Filled and encrypted before the next one is asked for: ssh2 queues nothing that it has asked room for here. */
  allocPacket(payload: number): Buffer {
    let padding = blockBytes - ((1 + payload) % blockBytes);
    if (padding < 4) padding += blockBytes;
    const length = lengthBytes + 1 + payload + padding;
    if (length > this.#room.length) this.#room = Buffer.allocUnsafeSlow(length);
    const packet = this.#room.subarray(0, length);
    packet.writeUInt32BE(length - lengthBytes, 0);
    packet[lengthBytes] = padding;
    this.#pad(packet.subarray(length - padding));
    return packet;
  }

  encrypt(packet: Buffer): void {
    if (this.#dead) return;
    const { _encSSLName, _encIV, _onWrite } = this.#own;
    const cipher = createCipheriv(_encSSLName, this.#key, _encIV);
    const length = Buffer.from(packet.subarray(0, lengthBytes));
    cipher.setAAD(length);
    const encrypted = cipher.update(packet.subarray(lengthBytes));
    cipher.final();
    _onWrite(length);
    this.#write(encrypted, () => giveBack(encrypted));
    _onWrite(cipher.getAuthTag());
    countUp(_encIV);
    this.outSeqno = (this.outSeqno + 1) >>> 0;
  }

  #pad(padding: Buffer): void {
    if (this.#usedPadding + padding.length > poolBytes) {
      randomFillSync(this.#padding);
      this.#usedPadding = 0;
    }
    this.#usedPadding += this.#padding.copy(
      padding,
      0,
      this.#usedPadding,
      this.#usedPadding + padding.length,
    );
  }
}

/** The last eight bytes are a counter. */
function countUp(iv: Buffer): void {
  for (let at = iv.length - 1; at >= iv.length - 8; at -= 1) {
    iv[at] = (iv[at]! + 1) & 0xff;
    if (iv[at] !== 0) return;
  }
}
