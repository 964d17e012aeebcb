import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { WebAccess } from '../../functions/case/access.ts';
import { packBytes } from '../../functions/migration/chunk.ts';
import { copyChunk } from '../../functions/migration/web/copy-chunk.ts';
import { openWebTree } from '../../functions/migration/web/open-web-tree.ts';
import { TargetDirectories } from '../../functions/migration/web/target-directories.ts';
import { startOpenSsh } from '../servers/openssh.ts';
import { startFtpServer } from './ftp/ftp-server.ts';
import { chunksOf, jobOf, ledgerOf, verified } from './whole-transfer.ts';

const ends: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

interface Place {
  access: WebAccess;
  folder: string;
}

async function overSsh(config: readonly string[]): Promise<Place> {
  const server = await startOpenSsh({ config });
  ends.push(server.stop);
  const folder = join(server.folder, 'www');
  mkdirSync(folder);
  const { host, port, user, privateKey } = server;
  return { access: { protocol: 'sftp', host, port, user, privateKey, root: folder }, folder };
}

async function overFtp(config: readonly string[]): Promise<Place> {
  const server = await startFtpServer({ config });
  ends.push(server.stop);
  return { access: server.access('ftp'), folder: server.home };
}

async function reach({ access }: Place) {
  const tree = await openWebTree(access, { allowedAddresses: ['127.0.0.0/8'], timeout: 10_000 });
  ends.push(() => tree.close());
  return tree;
}

/** Directories one within the other two by two, and a file in two parts: 33 objects. */
function fill(root: string): void {
  const write = (path: string, bytes: number) => {
    writeFileSync(path, randomBytes(bytes));
    utimesSync(path, 1_000_000_007, 1_000_000_007);
  };
  for (let number = 0; number < 4; number += 1) {
    const folder = join(root, `d${number}`, 'below');
    mkdirSync(folder, { recursive: true });
    for (let file = 0; file < 6; file += 1) write(join(folder, `${file}.php`), file * 6000);
    utimesSync(folder, 1_000_000_000, 1_000_000_000);
    utimesSync(join(root, `d${number}`), 1_000_000_000, 1_000_000_000);
  }
  write(join(root, 'large.zip'), packBytes + 40_000);
  execFileSync('chown', ['-R', '--reference', root, root]);
}

const ways: [string, () => Promise<Place>][] = [
  ['SFTP', () => overSsh([])],
  ['SSH with a shell', () => overSsh(['ForceCommand none'])],
  ['FTP', () => overFtp([])],
  ['FTP without MLSD', () => overFtp(['FactsAdvertise off'])],
];

describe.each(ways)('a chunk that two run at once over %s', (_, open) => {
  it('arrives once, and all of it', async () => {
    const [from, to] = [await overSsh([]), await open()];
    fill(from.folder);
    const job = jobOf(await reach(from), await reach(to));
    const chunks = await chunksOf(job);
    const other = { ...job, source: await reach(from), target: await reach(to) };
    for (const chunk of chunks) await Promise.all([copyChunk(job, chunk), copyChunk(other, chunk)]);
    const result = await verified(job);
    const left = [...(await ledgerOf(job)).values()].filter(({ outcome }) => outcome === 'skipped');
    expect(left).toEqual([]);
    expect(result).toMatchObject({ objects: 33, skipped: 0, unexplained: 0 });
    const compared = execFileSync('rsync', [
      ...['-ainc', '--delete', '--no-owner', '--no-group', `${from.folder}/`, `${to.folder}/`],
    ]).toString();
    expect(compared.split('\n').filter((line) => line && !line.endsWith(' ./'))).toEqual([]);
  });
});

describe.each(ways)('a directory that somebody else makes over %s', (_, open) => {
  it('is seen, though it was not there a moment ago', async () => {
    const place = await open();
    const [one, other] = [await reach(place), await reach(place)];
    const directories = new TargetDirectories(one);
    expect(await directories.ensure(Buffer.from('mine'))).toBeUndefined();
    await other.makeDirectory(Buffer.from('theirs'));
    expect(await directories.ensure(Buffer.from('theirs'))).toBeUndefined();
    await one.write(Buffer.from('theirs/a'), 0, Buffer.from('a'), { create: true });
    await other.write(Buffer.from('theirs/b'), 0, Buffer.from('b'), { create: true });
    await other.rename(Buffer.from('theirs/b'), Buffer.from('theirs/c'));
    expect((await one.read(Buffer.from('theirs/c'), 0, 9)).content.toString()).toBe('b');
  });
});
