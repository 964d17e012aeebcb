import type { DatabaseServer } from '../../case/database-access.ts';
import type { Vault } from '../../case/ports.ts';
import type { RoutePolicy } from './dial.ts';
import { MysqlEnd } from './mysql/ends.ts';
import { PostgresqlEnd } from './postgresql/ends.ts';

/** By what a server is known again: its certificate (`AA:BB:…`) and, behind a tunnel, the tunnel's host key. */
export interface ServerIdentity {
  certificate?: string;
  hostKey?: string;
}

/**
 * The server with what its first contact pinned: from then on another certificate or host key stops the work. Under
 * `<keep.name>.identity` in the vault. Throws TransientError or TerminalError.
 */
export async function pinned(
  keep: { vault: Vault; caseId: string; name: string },
  server: DatabaseServer,
  policy: RoutePolicy,
): Promise<DatabaseServer> {
  const name = `${keep.name}.identity`;
  const known = await keep.vault.get(keep.caseId, name);
  const identity = known ? (JSON.parse(known) as ServerIdentity) : await identityOf(server, policy);
  if (!known) await keep.vault.put(keep.caseId, name, JSON.stringify(identity));
  const { certificate, hostKey } = identity;
  return {
    ...server,
    ...(certificate !== undefined && { certificate }),
    ...(server.tunnel && { tunnel: { ...server.tunnel, ...(hostKey !== undefined && { hostKey }) } }),
  };
}

/** Logs in, looks and leaves. */
export async function identityOf(server: DatabaseServer, policy: RoutePolicy): Promise<ServerIdentity> {
  const End = server.engine === 'mysql' ? MysqlEnd : PostgresqlEnd;
  const end = new End(server, '移行元', policy);
  try {
    return await end.identify();
  } finally {
    await end.close();
  }
}
