import { generateKeyPairSync } from 'node:crypto';

/**
 * A host key in PEM for a server within this process. Not by ssh2's own generator: of its Ed25519 keys one in 300 cannot be
 * read again, by ssh2 itself.
 */
export function newHostKey(kind: 'ecdsa' | 'rsa'): string {
  if (kind === 'rsa') {
    const rsa = { modulusLength: 2048, ...encodings('pkcs1') };
    return generateKeyPairSync('rsa', rsa).privateKey;
  }
  return generateKeyPairSync('ec', { namedCurve: 'P-256', ...encodings('sec1') }).privateKey;
}

function encodings<T extends 'pkcs1' | 'sec1'>(type: T) {
  return {
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type, format: 'pem' },
  } as const;
}
