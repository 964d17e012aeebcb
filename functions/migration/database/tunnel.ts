import type { Duplex } from 'node:stream';
import type { Client } from 'ssh2';
import type { DatabaseServer, DatabaseTunnel } from '../../case/database-access.ts';
import { TerminalError, TransientError } from '../../case/errors.ts';
import { checkPort, resolveHost } from '../resolve-host.ts';
import { connectSsh } from '../web/sftp/connect.ts';
import type { Route } from './dial.ts';

/**
 * Connections through the customer's SSH server (direct-tcpip, RFC 4254 7.2). The address behind it is resolved there,
 * in the customer's own network, so that only the SSH server's address is checked here.
 */
export class Tunnel implements Route {
  readonly hostKey: string;
  readonly #client: Client;
  readonly #server: DatabaseServer;
  readonly #timeout: number;

  private constructor(client: Client, hostKey: string, server: DatabaseServer, timeout: number) {
    this.#client = client;
    this.hostKey = hostKey;
    this.#server = server;
    this.#timeout = timeout;
    client.on('error', () => undefined);
  }

  static async open(
    server: DatabaseServer,
    tunnel: DatabaseTunnel,
    allowedAddresses: readonly string[],
    timeout: number,
  ): Promise<Tunnel> {
    checkPort(tunnel.port);
    const host = await resolveHost(tunnel.host, allowedAddresses);
    const access = { ...tunnel, protocol: 'sftp' as const, root: '.' };
    const { client, hostKey } = await connectSsh(access, host, { connect: timeout, logIn: timeout });
    return new Tunnel(client, hostKey, server, timeout);
  }

  open(): Promise<Duplex> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(noAnswer()), this.#timeout);
      const { host, port } = this.#server;
      try {
        this.#client.forwardOut('127.0.0.1', 0, host, port, (error, channel) => {
          clearTimeout(timer);
          if (error) return reject(refused());
          channel.on('error', () => undefined);
          resolve(channel);
        });
      } catch {
        clearTimeout(timer);
        reject(noAnswer());
      }
    });
  }

  close(): void {
    this.#client.end();
  }
}

function refused(): TerminalError {
  return new TerminalError(
    'SSHサーバーがデータベースへの転送を許可していません。何も変更していません。ポート転送の可否とデータベースの' +
      'ホスト名・ポート番号をご確認ください。',
  );
}

function noAnswer(): TransientError {
  return new TransientError(
    'SSHサーバーから応答がないか、接続が切れました。時間をおいて続きから再開します。',
  );
}
