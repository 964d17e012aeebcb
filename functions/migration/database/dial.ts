import { connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { DatabaseServer } from '../../case/database-access.ts';
import { TransientError } from '../../case/errors.ts';
import { checkPort, type ResolvedHost, resolveHost } from '../resolve-host.ts';
import { Tunnel } from './tunnel.ts';

/** Reaches a server's port; each call is a connection of its own. */
export interface Route {
  open(): Promise<Duplex>;
  /** Of the tunnel's server, to be pinned. */
  hostKey?: string;
  close(): void;
}

export interface RoutePolicy {
  /** settings.allowedAddresses */
  allowedAddresses: readonly string[];
  /** Milliseconds for a connection; 20,000. */
  timeout?: number;
}

/** MySQL, PostgreSQL. */
const databasePorts = [3306, 5432];

/**
 * The way to a database: directly at an address that is resolved once and checked (threats.md, row 3), or through the
 * customer's own SSH server. Throws TerminalError or TransientError; no error holds a secret.
 */
export async function routeTo(server: DatabaseServer, policy: RoutePolicy): Promise<Route> {
  const timeout = policy.timeout ?? 20_000;
  if (server.tunnel) return Tunnel.open(server, server.tunnel, policy.allowedAddresses, timeout);
  if (server.port < 1024 || server.port > 65_535) checkPort(server.port, databasePorts);
  const host = await resolveHost(server.host, policy.allowedAddresses);
  return { open: () => dial(host, server.port, timeout), close: () => undefined };
}

function dial(host: ResolvedHost, port: number, timeout: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: host.address, family: host.family, port, noDelay: true });
    const timer = setTimeout(() => socket.destroy(new Error('timeout')), timeout);
    socket.once('connect', () => {
      clearTimeout(timer);
      socket.removeAllListeners('error');
      socket.setKeepAlive(true, 30_000);
      // Whoever uses it listens too; an error between two users must not end the process.
      socket.on('error', () => undefined);
      resolve(socket);
    });
    socket.once('error', (error: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      reject(
        error.code === 'ECONNREFUSED'
          ? new TransientError('データベースサーバーに接続を拒否されました。何も変更していません。')
          : new TransientError(
              'データベースサーバーから応答がありません。何も変更していません。時間をおいて再開します。',
            ),
      );
    });
  });
}
