import { randomBytes } from 'node:crypto';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import { newHostKey } from './host-key.ts';
import { serveFolder } from './in-process-sftp-session.ts';

export interface InProcessSftpServer {
  host: string;
  port: number;
  user: string;
  password: string;
  /** Its own folder, absolute; nothing outside is served. Removed by stop(). */
  folder: string;
  stop(): Promise<void>;
}

/** An SFTP server within this process, for machines without OpenSSH: log-in by password, names in UTF-8. */
export async function startInProcessSftp(
  options: { password?: string; readOnly?: boolean } = {},
): Promise<InProcessSftpServer> {
  const { password = randomBytes(12).toString('hex'), readOnly = false } = options;
  const user = 'taro';
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'in-process-sftp-')));
  const clients = new Set<{ end(): void }>();
  const server = new ssh2.Server({ hostKeys: [newHostKey('ecdsa')] }, (client) => {
    clients.add(client);
    client.once('close', () => clients.delete(client));
    // A client that is gone is no trouble of the server's.
    client.on('error', () => undefined);
    client.on('authentication', (attempt) => {
      const known =
        attempt.method === 'password' && attempt.username === user && attempt.password === password;
      if (known) attempt.accept();
      else attempt.reject(['password']);
    });
    client.on('session', (accept) => {
      accept().on('sftp', (acceptSftp) => serveFolder(acceptSftp(), folder, readOnly));
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    host: '127.0.0.1',
    port: (server.address() as AddressInfo).port,
    user,
    password,
    folder,
    async stop() {
      for (const client of clients) client.end();
      await new Promise<void>((resolve) => void server.close(() => resolve()));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
