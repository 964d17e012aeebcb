import type { DatabaseServer } from '../../case/database-access.ts';
import type { Vault } from '../../case/ports.ts';
import type { RoutePolicy } from './dial.ts';
import { MysqlEnd } from './mysql/ends.ts';
import type { End } from './mysql/explain.ts';
import { PostgresqlEnd } from './postgresql/ends.ts';

/** By what a server is known again: its certificate (`AA:BB:…`) and, behind a tunnel, the tunnel's host key. */
export interface ServerIdentity {
  certificate?: string;
  hostKey?: string;
}

/** Where first contacts are kept in the vault. */
export interface Pins {
  vault: Vault;
  caseId: string;
  end: End;
  /** Of the access: its server's certificate lies under `<name>.certificate`, `none` where it has none. */
  name: string;
  /** Of the SSH server in front: the pin that its other uses keep and check too. */
  tunnelPin?: string;
}

/**
 * The server with what its first contact pinned: from then on another certificate or host key stops the work. Throws
 * TransientError or TerminalError.
 */
export async function pinned(
  pins: Pins,
  server: DatabaseServer,
  policy: RoutePolicy,
): Promise<DatabaseServer> {
  return (await meet(pins, server, policy)).known;
}

/** What the server shows now, pinned at first, checked from then on. Throws as `pinned` does. */
export async function checkedIdentity(
  pins: Pins,
  server: DatabaseServer,
  policy: RoutePolicy,
): Promise<ServerIdentity> {
  const { known, seen } = await meet(pins, server, policy);
  return seen ?? (await identityOf(known, pins.end, policy));
}

/** `seen`: by the log-in that a first contact takes. */
async function meet(
  { vault, caseId, end, name, tunnelPin }: Pins,
  server: DatabaseServer,
  policy: RoutePolicy,
): Promise<{ known: DatabaseServer; seen?: ServerIdentity }> {
  const place = placeOf(name);
  const certificate = await vault.get(caseId, place);
  const hostKey = tunnelPin && (await vault.get(caseId, tunnelPin));
  const known = withPins(server, { certificate, hostKey });
  if (certificate !== undefined && (tunnelPin === undefined || hostKey !== undefined)) return { known };
  const seen = await identityOf(known, end, policy);
  if (certificate === undefined) await vault.put(caseId, place, seen.certificate ?? none);
  if (tunnelPin && hostKey === undefined && seen.hostKey) await vault.put(caseId, tunnelPin, seen.hostKey);
  return { known: withPins(server, seen), seen };
}

/** The certificate that is pinned; undefined before the first contact, and where the server has none. */
export async function pinnedCertificate(
  vault: Vault,
  caseId: string,
  name: string,
): Promise<string | undefined> {
  const certificate = await vault.get(caseId, placeOf(name));
  return certificate === none ? undefined : certificate;
}

function withPins(
  server: DatabaseServer,
  { certificate, hostKey }: { certificate?: string | undefined; hostKey?: string | undefined },
): DatabaseServer {
  return {
    ...server,
    ...(certificate !== undefined && certificate !== none && { certificate }),
    ...(server.tunnel && { tunnel: { ...server.tunnel, ...(hostKey && { hostKey }) } }),
  };
}

const placeOf = (name: string) => `${name}.certificate`;
const none = 'none';

/** Logs in, looks and leaves. */
export async function identityOf(
  server: DatabaseServer,
  end: End,
  policy: RoutePolicy,
): Promise<ServerIdentity> {
  const opened =
    server.engine === 'mysql' ? new MysqlEnd(server, end, policy) : new PostgresqlEnd(server, end, policy);
  try {
    return await opened.identify();
  } finally {
    await opened.close();
  }
}
