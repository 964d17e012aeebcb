import { connect, isIP, type Socket } from 'node:net';
import { type ConnectionOptions, type TLSSocket, connect as wrap } from 'node:tls';
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

/** The certificate is examined by the caller, against what is pinned. TLS 1.2 at least. */
export function tlsOptionsFor(name: string): ConnectionOptions {
  return {
    ...(isIP(name) === 0 && { servername: name }),
    host: name,
    rejectUnauthorized: false,
    minVersion: 'TLSv1.2',
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
              'FTPSの暗号化(TLS 1.2以上)を開始できません。パスワードは送信していません。接続の方法とサーバーの設定をご確認ください。',
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
