import type { WebAccess } from '../../../case/access.ts';
import { TransientError } from '../../../case/errors.ts';
import { checkPort, type ResolvedHost, resolveHost } from '../../resolve-host.ts';
import { Throttle } from '../../throttle.ts';
import type { WebPolicy, WebTree } from '../open-web-tree.ts';
import { connectSsh, openSftp } from '../sftp/connect.ts';
import { RefusedError } from '../sftp/dial.ts';
import { SftpTree } from '../sftp/sftp-tree.ts';
import { SteadyTree } from '../steady-tree.ts';
import { Shell } from './shell.ts';
import { ShellTree } from './shell-tree.ts';
import { type KnownShell, StandingShells } from './standing-shells.ts';

/** What stays the same when a connection is made anew. */
interface Server {
  host: ResolvedHost;
  throttle: Throttle;
  timeout: number;
  shell: KnownShell;
}

/** A tree by SFTP, with a shell beside it where the server allows one; looked for when it is of use. Errors as openWebTree. */
export async function openSshTree(access: WebAccess, policy: WebPolicy): Promise<WebTree> {
  checkPort(access.port, policy.ports);
  const server: Server = {
    host: await resolveHost(access.host, policy.allowedAddresses),
    throttle: new Throttle(policy.bytesPerSecond),
    timeout: policy.timeout ?? 30_000,
    shell: { troubles: 0 },
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
  const shown = {
    hostKey: first.hostKey,
    hasShell: async () => (await first.shells.traits()) !== undefined,
  };
  return Object.assign(new SteadyTree(first.tree, again, policy.pauses), shown);
}

async function connect(access: WebAccess, server: Server) {
  const { host, throttle, timeout } = server;
  const { client, hostKey } = await connectSsh(access, host, { connect: timeout, logIn: timeout });
  try {
    const session = await openSftp(client, timeout);
    const root = Buffer.from(access.root);
    const sftp = await SftpTree.begin({ client, session, hostKey, root, throttle });
    const shells = new StandingShells(new Shell(client, { stall: timeout }), sftp, server.shell);
    return { tree: new ShellTree(sftp, shells, throttle, server.shell), shells, hostKey };
  } catch (error) {
    client.destroy();
    throw error;
  }
}
