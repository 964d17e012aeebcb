import type { WebAccess } from '../../case/access.ts';
import { checkPort, resolveHost } from '../resolve-host.ts';
import { Throttle } from '../throttle.ts';
import { connectSsh, openSftpStream } from './sftp/connect.ts';
import { SftpSession } from './sftp/session.ts';
import { SftpTree } from './sftp/sftp-tree.ts';

/** What a connection to a customer's server may do; what is not given has a default. */
export interface WebPolicy {
  /** settings.allowedAddresses */
  allowedAddresses: readonly string[];
  /** Without: 22, and any port from 1024. */
  ports?: readonly number[];
  /** Cap on reading; without: none. */
  bytesPerSecond?: number;
  /** Milliseconds without an answer after which a connection is given up; 30,000. */
  timeout?: number;
}

/** Throws TerminalError (refused, log-in, host key, no such directory) or TransientError (no answer). */
export async function openWebTree(access: WebAccess, policy: WebPolicy): Promise<SftpTree> {
  checkPort(access.port, policy.ports);
  const host = await resolveHost(access.host, policy.allowedAddresses);
  const timeout = policy.timeout ?? 30_000;
  const { client, hostKey } = await connectSsh(access, host, { connect: timeout, logIn: timeout });
  try {
    const session = await SftpSession.begin(await openSftpStream(client, timeout), { stall: timeout });
    return await SftpTree.begin({
      client,
      session,
      hostKey,
      root: Buffer.from(access.root),
      throttle: new Throttle(policy.bytesPerSecond),
    });
  } catch (error) {
    client.destroy();
    throw error;
  }
}
