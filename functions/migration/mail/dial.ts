import { connect, type Socket } from 'node:net';
import { TransientError } from '../../case/errors.ts';
import { checkPort, resolveHost } from '../resolve-host.ts';
import type { Dial } from './imap/open-connection.ts';

/** IMAP, IMAP over TLS, POP3, POP3 over TLS. */
const mailPorts = [143, 993, 110, 995];

/**
 * Connections to customers' mail servers: the name is resolved once, every address that it leads to must be public or
 * one of `allowedAddresses`, and that very address is connected to (threats.md, row 3).
 */
export function guardedDial(allowedAddresses: readonly string[], connectMs = 20_000): Dial {
  return async (host, port) => {
    if (port < 1024) checkPort(port, mailPorts);
    const { address, family } = await resolveHost(host, allowedAddresses);
    return reach(address, family, port, connectMs);
  };
}

function reach(host: string, family: 4 | 6, port: number, connectMs: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, family, port });
    const timer = setTimeout(
      () => socket.destroy(Object.assign(new Error(), { code: 'ETIMEDOUT' })),
      connectMs,
    );
    socket.once('connect', () => {
      clearTimeout(timer);
      socket.removeAllListeners('error');
      socket.on('error', () => {});
      resolve(socket);
    });
    socket.once('error', (error: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      reject(
        new TransientError(`メールサーバーに接続できません(${error.code ?? '不明'})。何も変更していません。`),
      );
    });
  });
}
