import { isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect, type TLSSocket } from 'node:tls';
import { TerminalError, TransientError } from '../../../case/errors.ts';
import type { Patience } from './byte-reader.ts';
import type { ServerAddress } from './open-connection.ts';

export interface SeenCertificate {
  /** Hex. */
  sha256: string;
  /** A public authority vouches for it, and for this host. */
  authorized: boolean;
}

/**
 * Encrypts a connection. The certificate is the pinned one, or valid for the host. Old servers speak TLS 1.0 with small
 * keys: allowed only with a pinned certificate. Throws TerminalError when the certificate is not to be trusted.
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
    address.onCertificate({ sha256: seen, authorized: socket.authorized });
    return;
  }
  if (pinned === seen) return;
  if (pinned) {
    throw new TerminalError(
      `${address.host} の証明書が最初に接続したときと異なります(現在のSHA-256: ${seen})。パスワードは送っていません。`,
    );
  }
  if (!socket.authorized) {
    throw new TerminalError(
      `${address.host} の証明書を確認できません(${socket.authorizationError}、SHA-256: ${seen})。` +
        'パスワードは送っていません。サーバの証明書をご確認ください。',
    );
  }
}
