import { createHash, hash } from 'node:crypto';

/** What a message is known by. `canonical` is the same for messages that differ only in what servers alter. */
export interface Identity {
  size: number;
  sha256: string;
  canonicalSize: number;
  canonicalSha256: string;
}

export const sha256 = (body: Uint8Array) => hash('sha256', body);

/**
 * A message as every server would show it: lines end with one CR and LF, the last one too, and a NUL is 0x80. Two messages
 * that differ only in this are the same mail (Dovecot stores `\r\r\n` as `\r\n` and shows a NUL so; so does UW).
 */
export class Canonical {
  #returns = 0;
  #last = 0x0a;

  update(body: Uint8Array): Buffer {
    const out = Buffer.allocUnsafe(body.length * 2 + this.#returns);
    let length = 0;
    for (const byte of body) {
      if (byte === 0x0d) {
        this.#returns++;
        continue;
      }
      if (byte === 0x0a) this.#returns = 1;
      for (; this.#returns > 0; this.#returns--) out[length++] = 0x0d;
      out[length++] = byte === 0 ? 0x80 : byte;
      this.#last = byte;
    }
    return out.subarray(0, length);
  }

  end(): Buffer {
    const open = this.#returns > 0 || this.#last !== 0x0a;
    return Buffer.from(open ? '\r\n' : '');
  }
}

export async function identify(body: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<Identity> {
  const exact = createHash('sha256');
  const alike = createHash('sha256');
  const canonical = new Canonical();
  let size = 0;
  let canonicalSize = 0;
  const add = (piece: Buffer) => {
    canonicalSize += piece.length;
    alike.update(piece);
  };
  for await (const piece of body) {
    size += piece.length;
    exact.update(piece);
    add(canonical.update(piece));
  }
  add(canonical.end());
  return { size, sha256: exact.digest('hex'), canonicalSize, canonicalSha256: alike.digest('hex') };
}
