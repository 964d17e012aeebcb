import { webAccess } from '../../case/access.ts';
import type { Case } from '../../case/case.ts';
import {
  type DatabaseServer,
  type DatabaseTunnel,
  sourceDatabaseAccess,
} from '../../case/database-access.ts';
import { TerminalError } from '../../case/errors.ts';
import type { Ports } from '../../case/ports.ts';
import type { TaskKind } from '../../case/tasks.ts';
import { confidedBy } from '../with-job.ts';
import { serversOf } from './pair-databases.ts';
import { pinned } from './pin-server.ts';

/** The source's databases as they were confided, each with what its server's first contact pinned. Dumps are none. */
export async function sourceServers(
  ports: Pick<Ports, 'vault' | 'settings'>,
  c: Case,
): Promise<DatabaseServer[]> {
  const { secret, text } = await confidedBy(ports, c, 'source-database', 'source-access');
  const source = sourceDatabaseAccess.parse(JSON.parse(text));
  if (source.way === 'dump') return [];
  const tunnel = source.way === 'web' ? await tunnelOf(ports, c, 'source-web', 'source-access') : undefined;
  const keep = { vault: ports.vault, caseId: c.id, name: secret };
  const policy = { allowedAddresses: ports.settings.allowedAddresses };
  return Promise.all(serversOf(source, tunnel).map((server) => pinned(keep, server, policy)));
}

/** The SSH log-in of an end's web data, with the key that its first contact pinned. Throws TerminalError. */
export async function tunnelOf(
  ports: Pick<Ports, 'vault'>,
  c: Case,
  name: string,
  kind: TaskKind,
): Promise<DatabaseTunnel> {
  const { secret, text } = await confidedBy(ports, c, name, kind);
  const { protocol, host, port, user, password, privateKey, passphrase } = webAccess.parse(JSON.parse(text));
  if (protocol !== 'sftp') {
    throw new TerminalError(
      'Web データのサーバに SSH で入れないため、そこからデータベースにつなげません。何も変更していません。接続の方法を登録し直してください。',
    );
  }
  const hostKey = await ports.vault.get(c.id, `${secret}.host-key`);
  return {
    host,
    port,
    user,
    ...(password !== undefined && { password }),
    ...(privateKey !== undefined && { privateKey }),
    ...(passphrase !== undefined && { passphrase }),
    ...(hostKey !== undefined && { hostKey }),
  };
}
