import type { WebAccess } from '../../../case/access.ts';
import { TransientError } from '../../../case/errors.ts';
import { checkPort, type ResolvedHost, resolveHost } from '../../resolve-host.ts';
import { Throttle } from '../../throttle.ts';
import type { FileTree } from '../file-tree.ts';
import type { WebPolicy, WebTree } from '../open-web-tree.ts';
import { connectSsh, openSftpStream } from '../sftp/connect.ts';
import { RefusedError } from '../sftp/dial.ts';
import { SftpSession } from '../sftp/session.ts';
import { SftpTree } from '../sftp/sftp-tree.ts';
import { SteadyTree } from '../steady-tree.ts';
import { probeShell, type ShellTraits } from './probe-shell.ts';
import { Shell } from './shell.ts';
import { ShellTree } from './shell-tree.ts';

/** What stays the same when a connection is made anew. */
interface Server {
  host: ResolvedHost;
  throttle: Throttle;
  timeout: number;
  /** Looked for once; undefined where there is none. */
  shell?: ShellTraits | undefined;
}

/** A tree by SFTP, with a shell beside it where the server allows one. Errors as openWebTree. */
export async function openSshTree(access: WebAccess, policy: WebPolicy): Promise<WebTree> {
  checkPort(access.port, policy.ports);
  const server: Server = {
    host: await resolveHost(access.host, policy.allowedAddresses),
    throttle: new Throttle(policy.bytesPerSecond),
    timeout: policy.timeout ?? 30_000,
  };
  const first = await connect(access, server);
  const pinned = { ...access, hostKey: first.hostKey };
  const again = async () => {
    try {
      return (await connect(pinned, server)).tree;
    } catch (error) {
      throw error instanceof RefusedError ? new TransientError(error.message) : error;
    }
  };
  const shown = { hostKey: first.hostKey, shell: server.shell !== undefined };
  return Object.assign(new SteadyTree(first.tree, again, policy.pauses), shown);
}

async function connect(access: WebAccess, server: Server): Promise<{ tree: FileTree; hostKey: string }> {
  const { host, throttle, timeout } = server;
  const { client, hostKey } = await connectSsh(access, host, { connect: timeout, logIn: timeout });
  try {
    const session = await SftpSession.begin(await openSftpStream(client, timeout), { stall: timeout });
    const root = Buffer.from(access.root);
    const sftp = await SftpTree.begin({ client, session, hostKey, root, throttle });
    const shell = new Shell(client, { stall: timeout });
    if (!('shell' in server)) server.shell = await probeShell(shell, sftp, timeout);
    const tree = server.shell ? new ShellTree(sftp, shell, server.shell, throttle) : sftp;
    return { tree, hostKey };
  } catch (error) {
    client.destroy();
    throw error;
  }
}
