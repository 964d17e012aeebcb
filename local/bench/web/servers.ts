import { chownSync, mkdirSync, renameSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import type { WebAccess } from '../../../functions/case/access.ts';
import { startOpenSsh } from '../../../test/servers/openssh.ts';
import { startProftpd } from '../../../test/servers/proftpd.ts';
import { startDelayProxy } from '../delay-proxy.ts';
import type { PeerSide } from './peers.ts';
import type { UsedTrees } from './used-trees.ts';

export type ServerKind = 'shell' | 'sftp' | 'ftp';

/** A server with one tree. */
export interface TreeServer {
  access: WebAccess;
  peer: PeerSide;
  /** The tree's place on this machine. */
  folder: string;
  /** An empty tree in the place of the one that is there. */
  renew(used: UsedTrees): void;
  stop(): Promise<void>;
}

const nobody = 65_534;

/** OpenSSH with or without a shell, or ProFTPD, on loopback; `roundTripMs` above 0 puts it that far away. */
export async function startTreeServer(kind: ServerKind, roundTripMs: number): Promise<TreeServer> {
  const server = kind === 'ftp' ? await startFtp() : await startSsh(kind === 'shell');
  if (roundTripMs === 0) return server;
  const proxy = await startDelayProxy(server.access.port, roundTripMs);
  return {
    ...server,
    access: { ...server.access, port: proxy.port },
    peer: { ...server.peer, port: proxy.port },
    stop: async () => {
      proxy.stop();
      await server.stop();
    },
  };
}

async function startSsh(shell: boolean): Promise<TreeServer> {
  const server = await startOpenSsh(shell ? { config: ['ForceCommand none'] } : {});
  const folder = join(server.folder, 'www');
  mkdirSync(folder);
  const { host, port, user, privateKey, hostKey } = server;
  return {
    // Pinned since the survey.
    access: { protocol: 'sftp', host, port, user, privateKey, hostKey, root: folder },
    peer: { port, user, keyFile: join(server.folder, 'user'), root: folder },
    folder,
    renew: (used) => {
      used.putAside(folder);
      mkdirSync(folder);
    },
    stop: server.stop,
  };
}

async function startFtp(): Promise<TreeServer> {
  const server = await startProftpd();
  const folder = join(server.home, 'www');
  const owner = process.getuid?.() === 0 ? nobody : undefined;
  const make = () => {
    mkdirSync(folder);
    if (owner !== undefined) chownSync(folder, owner, owner);
  };
  make();
  const { host, ftpPort: port, user, password } = server;
  return {
    access: { protocol: 'ftp', host, port, user, password, root: 'www' },
    peer: { port, user, password, root: 'www' },
    folder,
    renew: (used) => {
      used.putAside(folder);
      make();
    },
    stop: server.stop,
  };
}

/** Seeding takes time: one tree serves every case. */
export function lendTree(tree: string, server: TreeServer): { giveBack(): void } {
  rmdirSync(server.folder);
  renameSync(tree, server.folder);
  return { giveBack: () => renameSync(server.folder, tree) };
}
