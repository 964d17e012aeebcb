import { generateKeyPairSync } from 'node:crypto';

/**
 * A host key in PEM for a server within this process. Not by ssh2's own generator: of its Ed25519 keys one in 300 cannot be
 * read again, by ssh2 itself.
 */
export function newHostKey(kind: 'ecdsa' | 'rsa'): string {
  const { privateKey } =
    kind === 'rsa'
      ? generateKeyPairSync('rsa', { modulusLength: 2048 })
      : generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return privateKey.export({ type: kind === 'rsa' ? 'pkcs1' : 'sec1', format: 'pem' }).toString();
}
