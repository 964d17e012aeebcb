import { createSecretKey, type KeyObject } from 'node:crypto';
import { Socket } from 'node:net';
import type { Client } from 'ssh2';

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
      const isGcm = sc.cipher.includes('gcm');
      this.#reading = isGcm ? Buffer.allocUnsafeSlow(readBytes) : undefined;
      const { _protocol } = client as unknown as { _protocol?: Ciphers };
      if (isGcm && _protocol?._decipher) keepKey(_protocol._decipher, '_decipherKey');
      if (cs.cipher.includes('gcm') && _protocol?._cipher) keepKey(_protocol._cipher, '_encKey');
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

/** ssh2 1.17, lib/protocol/crypto.js. */
interface Ciphers {
  _cipher?: { _encKey?: Buffer | KeyObject };
  _decipher?: { _decipherKey?: Buffer | KeyObject };
}

/** ssh2 gives node:crypto the key's bytes for each packet; to make a key object of them takes longer than to encrypt. */
function keepKey<Name extends string>(holder: { [name in Name]?: Buffer | KeyObject }, name: Name): void {
  const key = holder[name];
  if (Buffer.isBuffer(key)) holder[name] = createSecretKey(key);
}
