import { createSecretKey, type KeyObject } from 'node:crypto';
import { Socket } from 'node:net';
import type { Client } from 'ssh2';
import { type OwnCipher, PacketCipher } from './packet-cipher.ts';
import { type Decipher, giveBackTaken } from './taken-packet.ts';

const readBytes = 256 * 1024;

/**
 * A socket on which ssh2 needs half the processor: what ssh2 writes in three pieces a packet leaves together, and much
 * is read at once. 'data' must be listened to in the turn in which it has connected.
 */
export class QuickSocket extends Socket {
  #reading: Buffer | undefined;
  #corked = false;

  constructor() {
    super({
      onread: {
        buffer: () => this.#reading ?? Buffer.allocUnsafeSlow(readBytes),
        callback: (count, buffer) => this.emit('data', buffer.subarray(0, count)),
      },
    });
  }

  /** To be called when it is connected, before `client` is. With AES-GCM nothing that was read is kept, so that one buffer will do. */
  serve(client: Client): void {
    const write = this.write.bind(this);
    // An override would not do: connect() puts the usual one back.
    this.write = ((...piece: Parameters<Socket['write']>) => {
      this.#gather();
      return write(...piece);
    }) as Socket['write'];
    client.on('handshake', ({ cs, sc }) => {
      const { _protocol: protocol } = client as unknown as { _protocol: Protocol };
      const isGcm = sc.cipher.includes('gcm');
      this.#reading = isGcm ? Buffer.allocUnsafeSlow(readBytes) : undefined;
      const key = protocol._decipher._decipherKey;
      if (isGcm && Buffer.isBuffer(key)) protocol._decipher._decipherKey = createSecretKey(key);
      if (isGcm) giveBackTaken(protocol._decipher);
      if (cs.cipher.includes('gcm')) {
        const send = (bytes: Buffer, taken: () => void) => void (this.writable && this.write(bytes, taken));
        protocol._cipher = new PacketCipher(protocol._cipher as OwnCipher, send);
      }
    });
  }

  #gather(): void {
    if (this.#corked) return;
    this.#corked = true;
    this.cork();
    process.nextTick(() => {
      this.#corked = false;
      this.uncork();
    });
  }
}

/** Of ssh2 1.17. It hands the key's bytes to node:crypto for each packet, which makes an object of them each time. */
interface Protocol {
  _cipher: OwnCipher | PacketCipher;
  _decipher: Decipher & { _decipherKey?: Buffer | KeyObject };
}
