import { connect, isIP, type Socket } from 'node:net';
import { type ConnectionOptions, createSecureContext, type TLSSocket, connect as wrap } from 'node:tls';
import type { WebAccess } from '../../../case/access.ts';
import { TerminalError, TransientError } from '../../../case/errors.ts';
import type { ResolvedHost } from '../../resolve-host.ts';
import { RefusedError } from '../sftp/connect.ts';

/** A connection to the resolved address, never to the name. Throws TerminalError (refused) or TransientError. */
export function dial(host: ResolvedHost, port: number, timeout: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: host.address, family: host.family, port, noDelay: true });
    const timer = setTimeout(() => socket.destroy(new Error('late')), timeout);
    socket.once('connect', () => {
      clearTimeout(timer);
      socket.removeAllListeners('error');
      resolve(socket);
    });
    socket.once('error', (error: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      reject(
        error.code === 'ECONNREFUSED'
          ? new RefusedError('サーバーに接続を拒否されました。ホスト名とポート番号をご確認ください。')
          : new TransientError('サーバーに接続できません。何も変更していません。時間をおいて再開します。'),
      );
    });
  });
}

/** OpenSSL's level 0 has the SHA-1 signatures that TLS 1.0 and 1.1 cannot do without. */
const legacy = { minVersion: 'TLSv1', ciphers: 'DEFAULT:@SECLEVEL=0' } as const;

/**
 * The certificate is examined by the caller, against what is pinned. TLS 1.2 at least, unless old ways are allowed. To be made once for all
 * connections of a log-in: making a context takes longer than resuming a session.
 */
export function tlsOptionsFor({ host: name, legacyAlgorithms }: WebAccess): ConnectionOptions {
  return {
    ...(isIP(name) === 0 && { servername: name }),
    host: name,
    rejectUnauthorized: false,
    secureContext: createSecureContext(legacyAlgorithms ? legacy : { minVersion: 'TLSv1.2' }),
  };
}

/** Encrypts a connection. Throws TerminalError when the two sides find no common way, or TransientError. */
export function secure(socket: Socket, options: ConnectionOptions, timeout: number): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const encrypted = wrap({ ...options, socket });
    const timer = setTimeout(() => encrypted.destroy(new Error('late')), timeout);
    const fail = (error?: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      socket.destroy();
      reject(
        error?.code?.startsWith('ERR_SSL') || error?.code === 'EPROTO'
          ? new TerminalError(
              'FTPSの暗号化を開始できません。パスワードは送信していません。古いサーバー(TLS 1.1以前)の場合は、案件の画面の「接続の確認」で「古い暗号方式も許可する」を選び、もう一度確認してください。',
            )
          : new TransientError('暗号化の開始中に接続が切れました。時間をおいて再開します。'),
      );
    };
    encrypted.once('error', fail);
    encrypted.once('close', () => fail());
    encrypted.once('secureConnect', () => {
      clearTimeout(timer);
      encrypted.removeAllListeners('error');
      encrypted.removeAllListeners('close');
      resolve(encrypted);
    });
  });
}
