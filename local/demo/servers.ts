import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { WebAccess } from '../../functions/case/access.ts';
import { openWebTree } from '../../functions/migration/web/open-web-tree.ts';
import { startInProcessSftp } from '../../test/servers/in-process-sftp.ts';
import { openSshInstalled, startOpenSsh } from '../../test/servers/openssh.ts';

/** The demo's servers are on this machine: the explicit exception from the rule that addresses must be public. */
export const ownAddresses = ['127.0.0.1/32'];

export interface DemoServer {
  access: WebAccess;
  /** The folder of the web data on this machine; removed by stop(). */
  root: string;
  stop(): Promise<void>;
}

export interface DemoServers {
  source: DemoServer;
  target: DemoServer;
  /** What they are, in words. */
  kind: string;
}

export interface ServerWishes {
  password: string;
  /** Also where OpenSSH is installed. */
  inProcess: boolean;
  /** A target that takes nothing, to show how that ends. */
  readOnlyTarget: boolean;
}

/** The old and the new server, on loopback: two OpenSSH, or without them two SFTP servers of this process. */
export async function startServers(wishes: ServerWishes): Promise<DemoServers> {
  if (wishes.inProcess) return inProcess(wishes, 'ご指定のとおり');
  if (!openSshInstalled) return inProcess(wishes, 'OpenSSH がないため');
  try {
    return await pair(wishes, openSsh, '本物のOpenSSH 2台（sshd、127.0.0.1）');
  } catch (error) {
    // A machine on which sshd does not start, or lets nobody log in.
    return inProcess(wishes, `OpenSSH を使えないため。${(error as Error).message.split('\n')[0]}`);
  }
}

function inProcess(wishes: ServerWishes, why: string): Promise<DemoServers> {
  return pair(wishes, sftpOfThisProcess, `プロセス内のSFTPサーバ 2台（${why}）`);
}

type Start = (password: string, readOnly: boolean) => Promise<DemoServer>;

async function pair(
  { password, readOnlyTarget }: ServerWishes,
  start: Start,
  kind: string,
): Promise<DemoServers> {
  const source = await start(password, false);
  try {
    return { source, target: await start(password, readOnlyTarget), kind };
  } catch (error) {
    await source.stop();
    throw error;
  }
}

/** A key opens it; the password that is confided as well opens nothing, and must be guarded all the same. */
async function openSsh(password: string, readOnly: boolean): Promise<DemoServer> {
  const server = await startOpenSsh({ config: readOnly ? ['ForceCommand internal-sftp -R'] : [] });
  const { host, port, user, privateKey } = server;
  return opened(server, { protocol: 'sftp', host, port, user, password, privateKey });
}

async function sftpOfThisProcess(password: string, readOnly: boolean): Promise<DemoServer> {
  const server = await startInProcessSftp({ password, readOnly });
  const { host, port, user } = server;
  return opened(server, { protocol: 'sftp', host, port, user, password });
}

async function opened(
  server: { folder: string; stop(): Promise<void> },
  access: Omit<WebAccess, 'root'>,
): Promise<DemoServer> {
  const root = join(server.folder, 'public_html');
  const stop = () => server.stop();
  try {
    mkdirSync(root);
    await (await openWebTree({ ...access, root }, { allowedAddresses: ownAddresses })).close();
    return { access: { ...access, root }, root, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
