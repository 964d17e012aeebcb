import type { WebEnd } from '../../case/access.ts';
import type { Case } from '../../case/case.ts';
import {
  type DatabaseServer,
  type DatabaseTunnel,
  sourceDatabaseAccess,
} from '../../case/database-access.ts';
import { TerminalError } from '../../case/errors.ts';
import type { Ports } from '../../case/ports.ts';
import { pinnedAccess } from '../web/open-pinned.ts';
import { confidedBy } from '../with-job.ts';
import { serversOf } from './pair-databases.ts';
import { pinned } from './pin-server.ts';

/** The source's databases as they were confided, each with what its server's first contact pinned. Dumps are none. */
export async function sourceServers(ports: Ports, c: Case): Promise<DatabaseServer[]> {
  const { secret, text } = await confidedBy(ports, c, 'source-database', 'source-access');
  const source = sourceDatabaseAccess.parse(JSON.parse(text));
  if (source.way === 'dump') return [];
  const ssh = source.way === 'web' ? await sshOf(ports, c, 'source') : undefined;
  const keep = {
    vault: ports.vault,
    caseId: c.id,
    end: '移行元' as const,
    name: secret,
    ...(ssh && { tunnelPin: ssh.pin }),
  };
  const policy = { allowedAddresses: ports.settings.allowedAddresses };
  const servers: DatabaseServer[] = [];
  for (const server of serversOf(source, ssh?.tunnel)) servers.push(await pinned(keep, server, policy));
  return servers;
}

/** The SSH log-in of an end's web data, and where its key is pinned: it is one server. Throws TerminalError. */
export async function sshOf(
  ports: Ports,
  c: Case,
  end: WebEnd,
): Promise<{ tunnel: DatabaseTunnel; pin: string }> {
  const { access, pin } = await pinnedAccess(ports, c, `${end}-web`);
  const { protocol, root: _, hostKey, ...logIn } = access;
  if (protocol !== 'sftp') {
    throw new TerminalError(
      'Web データのサーバに SSH で入れないため、そこからデータベースにつなげません。何も変更していません。接続の方法を登録し直してください。',
    );
  }
  return { tunnel: { ...logIn, ...(hostKey !== undefined && { hostKey }) }, pin };
}
