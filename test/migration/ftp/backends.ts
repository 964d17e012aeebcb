import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { WebProtocol } from '../../../functions/case/access.ts';
import type { FileTree } from '../../../functions/migration/web/file-tree.ts';
import { openWebTree } from '../../../functions/migration/web/open-web-tree.ts';
import { startFtpServer } from './ftp-server.ts';

const policy = { allowedAddresses: ['127.0.0.0/8'], timeout: 10_000 };

/** ProFTPD by each kind of FTP, for the suite that every tree is held to. */
export const ftpBackends = {
  FTP: () => open('ftp'),
  'FTP on one connection': () => open('ftp', 1),
  'FTPS, explicit': () => open('ftps'),
  'FTPS, implicit': () => open('ftps-implicit'),
};

async function open(protocol: WebProtocol, connections = 8) {
  const server = await startFtpServer();
  const tree: FileTree = await openWebTree(server.access(protocol), { ...policy, connections });
  const plantLink = (path: string, target: string) => symlinkSync(target, join(server.home, path));
  return { tree, stop: server.stop, plantLink };
}
