import type { TLSSocket } from 'node:tls';
import { HostKeyChangedError } from '../../host-key-changed.ts';
import { fingerprint } from '../sftp/connect.ts';

/** What is pinned for a server whose certificate a public authority vouches for: it is renewed every few weeks. */
export const verified = 'verified';

/** `SHA256:…` of the certificate's DER form, unpadded base64 as OpenSSH prints host keys. */
export function certificateOf(socket: TLSSocket): string {
  return fingerprint(socket.getPeerCertificate().raw ?? Buffer.alloc(0));
}

/**
 * What to pin after looking at the certificate, before anything secret is sent: `verified`, or the fingerprint of one
 * that cannot be verified (self-signed, another name, expired). Throws HostKeyChangedError when it is not what was pinned.
 */
export function examineCertificate(socket: TLSSocket, pinned: string | undefined): string {
  const shown = certificateOf(socket);
  if (pinned === undefined) return socket.authorized ? verified : shown;
  if (pinned === verified && socket.authorized) return verified;
  if (pinned === shown) return shown;
  throw new HostKeyChangedError('証明書', pinned, shown);
}
