import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { WebAccess } from '../../functions/case/access.ts';
import { MemoryTree } from '../../functions/migration/web/memory-tree.ts';
import { openWebTree } from '../../functions/migration/web/open-web-tree.ts';
import { startOpenSsh } from '../servers/openssh.ts';
import { startProftpd } from '../servers/proftpd.ts';
import { startFtpServer } from './ftp/ftp-server.ts';
import { jobOf, ledgerOf, transfer } from './whole-transfer.ts';

const ends: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

interface Place {
  access: WebAccess;
  /** The target's root, within a folder of its own. */
  root: string;
}

/** The root lies below what the server shows, so that a link can lead out of it to where the server may write. */
function below(folder: string): string {
  const root = join(folder, 'www');
  mkdirSync(root);
  return root;
}

async function overSsh(config: readonly string[]): Promise<Place> {
  const server = await startOpenSsh({ config });
  ends.push(server.stop);
  const root = below(server.folder);
  return { access: { protocol: 'sftp', ...server, root }, root };
}

async function overProftpdSftp(): Promise<Place> {
  const server = await startProftpd();
  ends.push(server.stop);
  const root = below(server.home);
  return { access: { protocol: 'sftp', ...server, root }, root };
}

async function overFtp(config: readonly string[]): Promise<Place> {
  const server = await startFtpServer({ config });
  ends.push(server.stop);
  const root = below(server.home);
  return { access: { ...server.access('ftp'), root }, root };
}

const path = (text: string) => Buffer.from(text);

/** Directories `d` and `d/e` with five files each, as many as a batch has, and a link. */
async function site(): Promise<MemoryTree> {
  const source = new MemoryTree();
  for (const directory of ['d', 'd/e', 'f']) await source.makeDirectory(path(directory));
  for (const directory of ['d', 'd/e', 'f']) {
    for (let file = 0; file < 5; file += 1) {
      await source.write(path(`${directory}/${file}.php`), 0, path(`${directory} ${file}`), { create: true });
    }
  }
  for (const name of ['page', 'ghost']) await source.write(path(name), 0, path(name), { create: true });
  return source;
}

describe.each<[string, () => Promise<Place>]>([
  ['SFTP', () => overSsh([])],
  ['SSH with a shell', () => overSsh(['ForceCommand none'])],
  ['SFTP of ProFTPD', overProftpdSftp],
  ['FTP', () => overFtp([])],
  ['FTP without MLSD', () => overFtp(['FactsAdvertise off'])],
])('links that were planted at a target over %s', (_, open) => {
  it('lead nothing out of its root', async () => {
    const { access, root } = await open();
    const outside = join(root, '..', 'outside');
    mkdirSync(join(outside, 'e'), { recursive: true });
    writeFileSync(join(outside, 'aim'), 'aim');
    symlinkSync('../outside', join(root, 'd'));
    symlinkSync('../outside/aim', join(root, 'page'));
    symlinkSync('../outside/new', join(root, 'ghost'));
    mkdirSync(join(root, 'f'));
    symlinkSync('../../outside/aim', join(root, 'f', '0.php'));
    execFileSync('chown', ['-Rh', '--reference', join(root, '..'), root, outside]);
    const target = await openWebTree(access, { allowedAddresses: ['127.0.0.0/8'], timeout: 10_000 });
    ends.push(() => target.close());
    const job = jobOf(await site(), target);
    expect(await transfer(job)).toMatchObject({ objects: 20, unexplained: 0 });
    expect(readdirSync(outside, { recursive: true }).sort()).toEqual(['aim', 'e']);
    expect(readFileSync(join(outside, 'aim'), 'utf8')).toBe('aim');
    const ledger = await ledgerOf(job);
    for (const name of ['d', 'd/0.php', 'd/e', 'd/e/4.php']) {
      expect(ledger.get(name)).toMatchObject({ outcome: 'skipped', why: expect.stringContaining('リンク') });
    }
    for (const [name, text] of [
      ['page', 'page'],
      ['ghost', 'ghost'],
      ['f/0.php', 'f 0'],
      ['f/4.php', 'f 4'],
    ] as const) {
      expect(readFileSync(join(root, name), 'utf8')).toBe(text);
    }
  });
});

it('a host key that is another one after the connection was lost stops the work', async () => {
  const [first, second] = [await startOpenSsh(), await startOpenSsh()];
  ends.push(first.stop, second.stop);
  const root = below(first.folder);
  const proxy = await startSwitch(first.port, second.port);
  ends.push(proxy.stop);
  const { privateKey, user } = first;
  const access: WebAccess = { protocol: 'sftp', host: '127.0.0.1', port: proxy.port, user, privateKey, root };
  const policy = { allowedAddresses: ['127.0.0.0/8'], timeout: 10_000, pauses: [1, 1, 1] };
  const tree = await openWebTree(access, policy);
  ends.push(() => tree.close());
  await tree.makeDirectory(path('before'));
  proxy.switch();
  await expect(tree.makeDirectory(path('after'))).rejects.toMatchObject({
    name: 'TerminalError',
    pinned: first.hostKey,
    shown: second.hostKey,
  });
});

/** Leads to one port, and, once it is switched, to another: what was open is cut off. */
async function startSwitch(first: number, then: number) {
  const sockets = new Set<Socket>();
  let to = first;
  const server = createServer((client) => {
    const upstream = connect(to, '127.0.0.1');
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(one);
      one.on('error', () => undefined).on('close', () => other.destroy());
      one.pipe(other);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: (server.address() as AddressInfo).port,
    switch: () => {
      to = then;
      cut();
    },
    stop: async () => {
      cut();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
