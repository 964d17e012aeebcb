import { TerminalError, TransientError } from '../../../case/errors.ts';
import type { ResolvedHost } from '../../resolve-host.ts';
import { QuickSocket } from './quick-socket.ts';

/** The server turns us away: final at the first contact, a restart of it later on. */
export class RefusedError extends TerminalError {}

/** Nobody listens there: no log-in was tried, so that trying again locks no account. */
export class NobodyListensError extends RefusedError {}

/** TCP to an address that resolveHost gave; `timeout` in milliseconds. Throws NobodyListensError or TransientError. */
export function dial(host: ResolvedHost, port: number, timeout: number): Promise<QuickSocket> {
  return new Promise((resolve, reject) => {
    const socket = new QuickSocket().setNoDelay();
    socket.connect({ host: host.address, port, family: host.family });
    const timer = setTimeout(
      () => socket.destroy(Object.assign(new Error(), { code: 'ETIMEDOUT' })),
      timeout,
    );
    socket.once('connect', () => {
      clearTimeout(timer);
      socket.removeAllListeners('error');
      resolve(socket);
    });
    socket.once('error', (error: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      reject(
        error.code === 'ECONNREFUSED'
          ? new NobodyListensError('サーバーに接続を拒否されました。ホスト名とポート番号をご確認ください。')
          : noAnswer(),
      );
    });
  });
}

export function noAnswer(): TransientError {
  return new TransientError('サーバーから応答がないか、接続が切れました。時間をおいて続きから再開します。');
}
