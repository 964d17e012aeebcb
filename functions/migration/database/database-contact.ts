import type { Case } from '../../case/case.ts';
import { checkedServers } from '../../case/connection-check.ts';
import {
  type DatabaseServer,
  databaseServer,
  sourceDatabaseAccess,
  targetDatabaseAccess,
} from '../../case/database-access.ts';
import { TerminalError } from '../../case/errors.ts';
import type { Ports } from '../../case/ports.ts';
import type { Contact, Seen } from '../contact.ts';
import { HostKeyChangedError } from '../host-key-changed.ts';
import { confidedBy } from '../with-job.ts';
import { asAdministrator } from './made-databases.ts';
import { serversOf } from './pair-databases.ts';
import { checkedIdentity, type Pins, pinnedCertificate } from './pin-server.ts';
import { sshOf } from './source-servers.ts';

type Server = 'source-database' | 'target-database';

/** For a connection. Milliseconds. */
const timeout = 8_000;

const notMade =
  'データベースは移行の開始時に作成する設定のため、作成に使う管理者のアカウントだけを確かめました。';

/** Of a database server: what it is known again by, and whether each database opens. Throws TerminalError. */
export async function databaseContact(ports: Ports, c: Case, server: Server): Promise<Contact> {
  const { vault, settings } = ports;
  const { secret, text } = await confidedBy(ports, c, server, checkedServers[server].form);
  const { way, servers, remarks } = logInsOf(server, c, JSON.parse(text));
  const policy = { allowedAddresses: settings.allowedAddresses, timeout };
  const look = async (time: number) => {
    const until = Date.now() + time;
    const ssh =
      way === 'web' ? await sshOf(ports, c, server === 'source-database' ? 'source' : 'target') : undefined;
    const end = server === 'source-database' ? '移行元' : '移行先';
    const pins: Pins = { vault, caseId: c.id, end, name: secret, ...(ssh && { tunnelPin: ssh.pin }) };
    const seen: Seen = { remarks: [...remarks], logIns: { opened: 0, tried: 0, of: servers.length } };
    const refusals: TerminalError[] = [];
    for (const one of servers) {
      if (seen.logIns!.tried > 0 && Date.now() + timeout > until) break;
      seen.logIns!.tried += 1;
      try {
        const server = { ...one, ...(ssh && { tunnel: ssh.tunnel }) };
        const { certificate } = await checkedIdentity(pins, server, policy);
        if (certificate !== undefined) seen.hostKey = certificate;
        seen.logIns!.opened += 1;
      } catch (error) {
        refusals.push(refusalOf(error));
      }
    }
    if (seen.logIns!.opened === 0) throw refusals[0];
    seen.remarks.push(...refusals.map(({ message }) => message));
    return seen;
  };
  const known = await pinnedCertificate(vault, c.id, secret);
  return { protocol: servers[0]!.engine, pinned: known, look };
}

/** Of one database; the others may open. Throws what is about the server as a whole. */
function refusalOf(error: unknown): TerminalError {
  if (!(error instanceof TerminalError)) throw error;
  if (!(error instanceof HostKeyChangedError)) return error;
  // The key of an SSH server in front is pinned, and taken, with the web data's access: it is that server's.
  throw error.pinned.startsWith('SHA256:') ? new TerminalError(error.message) : error;
}

function logInsOf(server: Server, c: Case, confided: unknown) {
  if (server === 'source-database') {
    const source = sourceDatabaseAccess.parse(confided);
    if (source.way === 'dump') throw new TerminalError('ダンプファイルで受け取るため、接続はしません。');
    return { way: source.way, servers: serversOf(source, undefined), remarks: [] };
  }
  const target = targetDatabaseAccess.parse(confided);
  const asked = c.forms['migration-details']?.value.targetDatabaseEngine;
  const engine = databaseServer.shape.engine.parse(asked);
  const servers: DatabaseServer[] = serversOf({ ...target, engine }, undefined);
  const { administrator, way } = target;
  if (!administrator) return { way, servers, remarks: [] };
  return { way, servers: [asAdministrator(servers[0]!, administrator)], remarks: [notMade] };
}
