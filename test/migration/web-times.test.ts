import { execFileSync } from 'node:child_process';
import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from '@jest/globals';
import type { WebAccess } from '../../functions/case/access.ts';
import { openWebTree } from '../../functions/migration/web/open-web-tree.ts';
import { startOpenSsh } from '../servers/openssh.ts';
import { startFtpServer } from './ftp/ftp-server.ts';
import { jobOf, nextRun, transfer } from './whole-transfer.ts';

const ends: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function overSsh(config: readonly string[]): Promise<{ access: WebAccess; folder: string }> {
  const server = await startOpenSsh({ config });
  ends.push(server.stop);
  const folder = join(server.folder, 'www');
  mkdirSync(folder);
  return { access: { protocol: 'sftp', ...server, root: folder }, folder };
}

async function overFtp(): Promise<{ access: WebAccess; folder: string }> {
  const server = await startFtpServer({});
  ends.push(server.stop);
  return { access: server.access('ftp'), folder: server.home };
}

/** What a file of that time has at the target. */
const times: Readonly<Record<string, [there: number, here: number]>> = {
  'midnight of 1970 in Japan': [-9 * 3600, 0],
  'of 1964': [-180_000_000, 0],
  'of nothing': [0, 0],
  'of today': [1_764_000_000, 1_764_000_000],
  'after 2038': [2 ** 31 + 5, 2 ** 31 + 5],
  'of 2096': [4_000_000_000, 4_000_000_000],
};

it.each([
  ['SFTP', () => overSsh([])],
  ['a shell', () => overSsh(['ForceCommand none'])],
  ['FTP', overFtp],
] as const)('files from before 1970 and after 2038 arrive over %s', async (_, open) => {
  const [from, to] = [await open(), await open()];
  for (const [name, [there]] of Object.entries(times)) {
    writeFileSync(join(from.folder, name), name);
    // Node's own takes a time below zero for now.
    execFileSync('touch', ['-d', `@${there}`, join(from.folder, name)]);
  }
  const trees = [];
  for (const { access } of [from, to]) {
    const tree = await openWebTree(access, { allowedAddresses: ['127.0.0.0/8'], timeout: 10_000 });
    ends.push(() => tree.close());
    trees.push(tree);
  }
  const job = jobOf(trees[0]!, trees[1]!);
  expect(await transfer(job)).toMatchObject({ objects: 6, moved: 6, unexplained: 0 });
  const arrived = Object.keys(times).map((name) => [name, statSync(join(to.folder, name)).mtimeMs / 1000]);
  expect(arrived).toEqual(Object.entries(times).map(([name, [, here]]) => [name, here]));
  expect(await transfer(nextRun(job))).toMatchObject({ unchanged: 6, unexplained: 0 });
});
