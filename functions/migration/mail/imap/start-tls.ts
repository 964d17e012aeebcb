import { isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect, type TLSSocket } from 'node:tls';
import type { CertificateFacts } from '../../../case/connection-check.ts';
import { TransientError } from '../../../case/errors.ts';
import { certificateFacts } from '../../certificate-facts.ts';
import { HostKeyChangedError } from '../../host-key-changed.ts';
import type { Patience } from './byte-reader.ts';
import type { ServerAddress } from './open-connection.ts';

/** Its `fingerprint` is hex. `verified`: a public authority vouches for it, and for this host. */
export type SeenCertificate = CertificateFacts;

/**
 * Encrypts a connection. The certificate is the pinned one, or valid for the host. Old servers speak TLS 1.0 with small
 * keys: allowed only with a pinned certificate. Throws HostKeyChangedError when it is neither.
 */
export async function startTls(
  stream: Duplex,
  address: ServerAddress,
  patience: Patience,
): Promise<TLSSocket> {
  const pinned = address.certificate?.replaceAll(':', '').toLowerCase();
  const socket = connect({
    socket: stream,
    ...(isIP(address.host) ? {} : { servername: address.host }),
    rejectUnauthorized: false,
    ...((pinned || address.onCertificate) && { minVersion: 'TLSv1', ciphers: 'DEFAULT@SECLEVEL=0' }),
  });
  const wait = Math.max(0, Math.min(patience.idleMs, patience.until() - Date.now()));
  let timer: NodeJS.Timeout | undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      timer = setTimeout(
        () => reject(new TransientError('メールサーバーが暗号化の手続きを終えません。')),
        wait,
      );
      socket.once('secureConnect', resolve);
      socket.once('error', (error: NodeJS.ErrnoException) =>
        reject(
          new TransientError(
            `メールサーバーとの暗号化に失敗しました(${error.code ?? '不明'})。パスワードは送っていません。`,
          ),
        ),
      );
      socket.once('close', () =>
        reject(new TransientError('メールサーバーが暗号化の手続き中に接続を閉じました。')),
      );
    });
    checkCertificate(socket, address, pinned);
    return socket;
  } catch (error) {
    socket.on('error', () => {});
    socket.destroy();
    throw error;
  } finally {
    clearTimeout(timer);
    socket.removeAllListeners('secureConnect').removeAllListeners('close');
  }
}

function checkCertificate(socket: TLSSocket, address: ServerAddress, pinned: string | undefined): void {
  const seen = socket.getPeerCertificate().fingerprint256?.replaceAll(':', '').toLowerCase() ?? '';
  if (address.onCertificate) {
    address.onCertificate(certificateFacts(socket, seen));
    return;
  }
  if (pinned ? pinned === seen : socket.authorized) return;
  const reason = pinned ? undefined : String(socket.authorizationError);
  throw new HostKeyChangedError('証明書', pinned ?? 'verified', seen, reason);
}
