import type { Algorithms, ServerHostKeyAlgorithm } from 'ssh2';

/** Kinds of host keys, tried one after the other when the pinned key is of another kind than the one negotiated. */
const hostKeyKinds: (readonly ServerHostKeyAlgorithm[])[] = [
  ['ssh-ed25519'],
  ['ecdsa-sha2-nistp256', 'ecdsa-sha2-nistp384', 'ecdsa-sha2-nistp521'],
  ['rsa-sha2-512', 'rsa-sha2-256'],
];

/** What servers from before about 2014 know: an RSA key that signs with SHA-1, and DSA. */
const legacyHostKeyKinds: typeof hostKeyKinds = [...hostKeyKinds, ['ssh-rsa'], ['ssh-dss']];

export function hostKeyKindsOf(legacy: boolean | undefined): typeof hostKeyKinds {
  return legacy ? legacyHostKeyKinds : hostKeyKinds;
}

/**
 * The algorithms that a connection offers. Without `legacy` none that OpenSSH's client has switched off; with it also
 * SHA-1, CBC and MD5, behind the others: a server that knows better ones gets these.
 */
export function algorithmsOf(
  kinds: readonly ServerHostKeyAlgorithm[],
  legacy: boolean | undefined,
): Algorithms {
  const also = <T>(...append: T[]) => ({ append, prepend: [], remove: [] });
  if (!legacy) return { serverHostKey: [...kinds] };
  return {
    serverHostKey: [...kinds],
    kex: also(
      'diffie-hellman-group-exchange-sha1',
      'diffie-hellman-group14-sha1',
      'diffie-hellman-group1-sha1',
    ),
    cipher: also('aes256-cbc', 'aes192-cbc', 'aes128-cbc', '3des-cbc'),
    hmac: also('hmac-sha1-96', 'hmac-md5'),
  };
}
