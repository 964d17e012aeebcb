import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { giveBack } from './give-back.ts';

/**
 * AES-256-GCM over a whole object: version (1 byte), nonce (12), ciphertext, tag (16). The object's own key is
 * authenticated with it, so that a truncated, corrupted or swapped object does not open.
 */
const version = 1;
const nonceBytes = 12;
const tagBytes = 16;

/** With `into` the result is the beginning of that buffer, if it fits, and is good until the buffer is used again. */
export function seal(key: Buffer, name: string, pieces: readonly Uint8Array[], into?: Buffer): Buffer {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  cipher.setAAD(Buffer.from(name));
  const size = pieces.reduce((sum, piece) => sum + piece.length, 1 + nonceBytes + tagBytes);
  const sealed = into && into.length >= size ? into.subarray(0, size) : Buffer.allocUnsafe(size);
  sealed[0] = version;
  nonce.copy(sealed, 1);
  let at = 1 + nonceBytes;
  for (const piece of pieces) {
    const encrypted = cipher.update(piece);
    at += encrypted.copy(sealed, at);
    giveBack(encrypted);
  }
  at += cipher.final().copy(sealed, at);
  cipher.getAuthTag().copy(sealed, at);
  return sealed;
}

/** The content, or undefined when these are not the bytes that were sealed under this name. */
export function unseal(key: Buffer, name: string, sealed: Buffer): Buffer | undefined {
  if (sealed.length < 1 + nonceBytes + tagBytes || sealed[0] !== version) return undefined;
  const nonce = sealed.subarray(1, 1 + nonceBytes);
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: tagBytes });
  decipher.setAAD(Buffer.from(name));
  decipher.setAuthTag(sealed.subarray(sealed.length - tagBytes));
  const opened = decipher.update(sealed.subarray(1 + nonceBytes, sealed.length - tagBytes));
  try {
    decipher.final();
  } catch {
    return undefined;
  }
  return opened;
}
