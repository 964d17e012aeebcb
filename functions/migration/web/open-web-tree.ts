import type { WebAccess, WebProtocol } from '../../case/access.ts';
import { TransientError } from '../../case/errors.ts';
import { checkPort, type ResolvedHost, resolveHost } from '../resolve-host.ts';
import { Throttle } from '../throttle.ts';
import type { FileTree } from './file-tree.ts';
import { openFtpTree } from './ftp/open-ftp-tree.ts';
import { connectSsh, openSftpStream } from './sftp/connect.ts';
import { RefusedError } from './sftp/dial.ts';
import { SftpSession } from './sftp/session.ts';
import { SftpTree } from './sftp/sftp-tree.ts';
import { SteadyTree } from './steady-tree.ts';

/** What a connection to a customer's server may do; what is not given has a default. */
export interface WebPolicy {
  /** settings.allowedAddresses */
  allowedAddresses: readonly string[];
  /** Without: the protocol's own (22; 21 and 990 for FTP), and any port from 1024. */
  ports?: readonly number[];
  /** Cap on reading; without: none. */
  bytesPerSecond?: number;
  /** Milliseconds without an answer after which a connection is given up; 30,000. */
  timeout?: number;
  /** Milliseconds before each new connection after a loss; how many losses in a row are borne: see steady-tree.ts. */
  pauses?: readonly number[];
  /** Most control connections at once, for FTP: each moves one file at a time; 8. */
  connections?: number;
}

/** A tree, and the server's key or certificate, to be shown and pinned at the first contact; plain FTP has none. */
export type WebTree = FileTree & { readonly hostKey?: string; remarks?(): string[] };

const openers: Readonly<Record<WebProtocol, (access: WebAccess, policy: WebPolicy) => Promise<WebTree>>> = {
  sftp: openSftp,
  ftp: openFtpTree,
  ftps: openFtpTree,
  'ftps-implicit': openFtpTree,
};

/**
 * Resolves, connects and logs in; a connection that is lost later is made anew, at the same address and with the same
 * host key. Throws TerminalError (refused, log-in, host key, no such directory) or TransientError (no answer).
 */
export function openWebTree(access: WebAccess, policy: WebPolicy): Promise<WebTree> {
  return openers[access.protocol](access, policy);
}

async function openSftp(access: WebAccess, policy: WebPolicy): Promise<WebTree> {
  checkPort(access.port, policy.ports);
  const host = await resolveHost(access.host, policy.allowedAddresses);
  const throttle = new Throttle(policy.bytesPerSecond);
  const first = await connect(access, host, policy, throttle);
  const pinned = { ...access, hostKey: first.hostKey };
  const steady = new SteadyTree(
    first,
    async () => {
      try {
        return await connect(pinned, host, policy, throttle);
      } catch (error) {
        throw error instanceof RefusedError ? new TransientError(error.message) : error;
      }
    },
    policy.pauses,
  );
  return Object.assign(steady, { hostKey: first.hostKey });
}

async function connect(
  access: WebAccess,
  host: ResolvedHost,
  { timeout = 30_000 }: WebPolicy,
  throttle: Throttle,
): Promise<SftpTree> {
  const { client, hostKey } = await connectSsh(access, host, { connect: timeout, logIn: timeout });
  try {
    const session = await SftpSession.begin(await openSftpStream(client, timeout), { stall: timeout });
    return await SftpTree.begin({ client, session, hostKey, root: Buffer.from(access.root), throttle });
  } catch (error) {
    client.destroy();
    throw error;
  }
}
