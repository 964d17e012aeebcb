import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  lutimesSync,
  mkdirSync,
  readdirSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { WebProtocol } from '../../../functions/case/access.ts';
import { readSummary } from '../../../functions/migration/summary.ts';
import { openWebTree, type WebPolicy, type WebTree } from '../../../functions/migration/web/open-web-tree.ts';
import { startFaultyProxy } from '../../servers/faulty-proxy.ts';
import { jobOf, ledgerOf, nextRun, transfer } from '../whole-transfer.ts';
import { type FtpServer, startFtpServer } from './ftp-server.ts';

const cp932 = Buffer.from([0x83, 0x65, 0x83, 0x58, 0x83, 0x67, 0x5c, 0x2e, 0x74, 0x78, 0x74]);
const policy = { allowedAddresses: ['127.0.0.0/8'], timeout: 10_000 };
const open: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const end of open.splice(0).reverse()) await end();
});

async function start(config: readonly string[]): Promise<FtpServer> {
  const server = await startFtpServer({ config });
  open.push(server.stop);
  return server;
}

async function reach(
  server: FtpServer,
  protocol: WebProtocol,
  more: Partial<WebPolicy> = {},
): Promise<WebTree> {
  const tree = await openWebTree(server.access(protocol), { ...policy, ...more });
  open.push(() => tree.close());
  return tree;
}

/** What a site holds, and what FTP makes hard: 24 objects, of which the pipe and three links cannot be moved. */
function fill(root: string): void {
  const at = (name: string | Buffer) => Buffer.concat([Buffer.from(`${root}/`), Buffer.from(name)]);
  for (const name of ['画像', 'a b', '-l', 'star[x]', 'closed']) mkdirSync(at(name));
  const files: Record<string, Buffer> = {
    'index.php': Buffer.from('<?php\r\n'),
    '.htaccess': Buffer.from('Deny from all\n'),
    empty: Buffer.alloc(0),
    '画像/写真 1.jpg': randomBytes(70_000),
    'a b/ lead and trail ': randomBytes(10),
    '-l/-rf': randomBytes(11),
    'star[x]/?*.txt': randomBytes(12),
    'closed/x': randomBytes(13),
    'large.zip': randomBytes(9_000_001),
  };
  for (const [name, content] of Object.entries(files)) writeFileSync(at(name), content);
  writeFileSync(at(cp932), 'cp932');
  execFileSync('mkfifo', [join(root, 'pipe')]);
  const links = { nowhere: 'gone', inside: 'index.php', folder: '画像', out: '../../etc' };
  for (const [name, target] of Object.entries(links)) symlinkSync(target, at(name));
  chmodSync(at('index.php'), 0o640);
  chmodSync(at('closed'), 0o750);
  for (const name of [...Object.keys(files), cp932]) utimesSync(at(name), 1_000_000_007, 1_000_000_007);
  for (const name of Object.keys(links)) lutimesSync(at(name), 1_000_000_007, 1_000_000_007);
  for (const name of ['画像', 'a b', '-l', 'star[x]', 'closed'])
    utimesSync(at(name), 999_999_960, 999_999_960);
  execFileSync('chown', ['-Rh', '--reference', root, root]);
}

function expectEqualFiles(source: string, target: string, more: readonly string[] = []): void {
  const options = ['-ainc', '--delete', '--no-links', '--no-specials', '--no-owner', '--no-group', ...more];
  const out = execFileSync('rsync', [...options, `${source}/`, `${target}/`]).toString();
  // The root's own time is not ours to set.
  const known = /^(skipping non-regular file .*|\.d\.\.t\.+ \.\/|)$/;
  expect(out.split('\n').filter((line) => !known.test(line))).toEqual([]);
}

const sources: [string, WebProtocol, readonly string[], readonly string[]][] = [
  ['FTPS with MLSD', 'ftps', ['AllowStoreRestart on'], []],
  // LIST tells of a directory that is older than half a year only the day.
  ['FTP without MLSD', 'ftp', ['FactsAdvertise off'], ['--omit-dir-times']],
];

describe.each(sources)('a transfer from %s', (_, protocol, config, compared) => {
  test('to ProFTPD as it is delivered: everything arrives or is accounted for, and only changes move again', async () => {
    const [from, to] = [await start(config), await start([])];
    fill(from.home);
    const job = jobOf(await reach(from, protocol), await reach(to, 'ftp'));
    expect(await transfer(job)).toMatchObject({ objects: 20, moved: 15, skipped: 5, unexplained: 0 });
    const ledger = await ledgerOf(job);
    for (const name of ['pipe', 'nowhere', 'inside', 'folder', 'out']) {
      expect(ledger.get(name)).toMatchObject({ outcome: 'skipped', why: expect.any(String) });
    }
    expect(ledger.get('inside')).toMatchObject({ why: expect.stringMatching(/FTP.*リンクを作成できません/) });
    expect(ledger.get('nowhere')).toMatchObject({ kind: 'symlink', remark: 'リンク先がありません' });
    expect(ledger.get('pipe')).toMatchObject({ kind: 'other' });
    expectEqualFiles(from.home, to.home, compared);
    expect(readdirSync(to.home).filter((name) => name.startsWith('.hikkoshi'))).toEqual([]);
    writeFileSync(join(from.home, 'index.php'), '<?php // new\r\n');
    const second = nextRun(job);
    expect(await transfer(second)).toMatchObject({ moved: 1, unchanged: 14, skipped: 5, unexplained: 0 });
    expectEqualFiles(from.home, to.home, compared);
  });
});

test('control connections that break again and again: the move goes on, and nothing is missing', async () => {
  const [from, to] = [await start([]), await start([])];
  fill(from.home);
  for (let file = 0; file < 120; file += 1) writeFileSync(join(from.home, `${file}.txt`), randomBytes(3000));
  execFileSync('chown', ['-Rh', '--reference', from.home, from.home]);
  const proxied = async (server: FtpServer) => {
    const target = { host: server.host, port: server.ftpPort };
    const proxy = await startFaultyProxy(target, (n) =>
      n % 3 === 2 ? undefined : { after: 6000, how: 'reset' },
    );
    open.push(() => proxy.stop());
    const access = { ...server.access('ftp'), port: proxy.port };
    const tree = await openWebTree(access, { ...policy, pauses: [5, 10, 20, 50, 100, 200] });
    open.push(() => tree.close());
    return { tree, proxy };
  };
  const [source, target] = [await proxied(from), await proxied(to)];
  expect(await transfer(jobOf(source.tree, target.tree))).toMatchObject({
    moved: 135,
    skipped: 5,
    unexplained: 0,
  });
  expect(source.proxy.faults).toBeGreaterThan(1);
  expect(target.proxy.faults).toBeGreaterThan(1);
  expectEqualFiles(from.home, to.home);
});

test('a file in parts where none can be continued: the transfer stays open, or its beginning is written again', async () => {
  const server = await start([]);
  const content = randomBytes(3_000_000);
  const part = (from: number, to: number) => content.subarray(from, to);
  const tree = await reach(server, 'ftp', { connections: 2 });
  const path = Buffer.from('parts');
  await tree.write(path, 0, part(0, 1_000_000), { create: true });
  await tree.write(path, 1_000_000, part(1_000_000, 2_000_000), { create: false });
  await tree.write(path, 2_000_000, part(2_000_000, 3_000_000), { create: false });
  await tree.setAttributes(path, { mode: 0o600, mtime: 1_000_000_000 });
  expect(await tree.inspect(path)).toMatchObject({ size: 3_000_000, mode: 0o600, mtime: 1_000_000_000 });
  expect((await tree.read(path, 0, 4_000_000)).content.equals(content)).toBe(true);
  expect(tree.remarks?.().join()).toMatch(/途中からの書き込み/);
  // More open transfers than connections: the oldest gives way.
  const names = ['one', 'two', 'three'].map((name) => Buffer.from(name));
  for (const name of names) await tree.write(name, 0, part(0, 10), { create: true });
  for (const name of names) await tree.write(name, 10, part(10, 20), { create: false });
  for (const name of names) expect((await tree.read(name, 0, 99)).content.equals(part(0, 20))).toBe(true);
});

test('many commands at once are answered each by its own reply, wherever the server cuts what it reads', async () => {
  const server = await start([]);
  const tree = await reach(server, 'ftp', { connections: 1, pauses: [] });
  const names = Array.from({ length: 180 }, (_, at) => `${100 + at}`);
  for (const name of names) writeFileSync(join(server.home, name), 'x'.repeat(Number(name)));
  const sizeOf = async (name: string) => (await tree.inspect(Buffer.from(name)).catch(() => undefined))?.size;
  // A first command of every length: the end of a line lies at every place of the server's buffer.
  for (let length = 1; length < 60; length += 1) {
    const [missing, ...sizes] = await Promise.all(['m'.repeat(length), ...names].map(sizeOf));
    expect(missing).toBeUndefined();
    expect(sizes).toEqual(names.map(Number));
  }
});

test('a part that was half written before is written again in its place', async () => {
  const server = await start(['AllowStoreRestart on']);
  const tree = await reach(server, 'ftp');
  const path = Buffer.from('parts');
  await tree.write(path, 0, Buffer.from('first, sec'), { create: true });
  await tree.write(path, 7, Buffer.from('second'), { create: false });
  expect((await tree.read(path, 0, 99)).content.toString()).toBe('first, second');
  await tree.write(path, 7, Buffer.from('SEC'), { create: false });
  expect((await tree.read(path, 0, 99)).content.toString()).toMatch(/^first, SEC/);
  // A gap, and a new beginning before an old end, are more than FTP can do: nothing is lost.
  for (const start of [500, 0]) {
    await expect(tree.write(path, start, Buffer.from('x'), { create: false })).rejects.toMatchObject({
      name: 'ObjectProblem',
    });
  }
  expect((await tree.read(path, 0, 99)).content.toString()).toMatch(/^first, SEC/);
});

test('where times and modes cannot be set, the files arrive and the ledger says what is different', async () => {
  const [from, to] = [
    await start([]),
    await start(['FactsAdvertise off', '<Limit MFMT MDTM SITE_CHMOD SITE_UTIME>', 'DenyAll', '</Limit>']),
  ];
  writeFileSync(join(from.home, 'a'), 'a');
  chmodSync(join(from.home, 'a'), 0o640);
  utimesSync(join(from.home, 'a'), 1_000_000_000, 1_000_000_000);
  execFileSync('chown', ['-R', '--reference', from.home, from.home]);
  const target = await reach(to, 'ftp');
  const job = jobOf(await reach(from, 'ftp'), target);
  expect(await transfer(job)).toMatchObject({ objects: 1, altered: 1, unexplained: 0 });
  expect((await ledgerOf(job)).get('a')).toMatchObject({
    outcome: 'altered',
    verified: 'match',
    how: expect.stringMatching(/権限が0640から0644に変更、更新日時が変更/),
  });
  expect(target.remarks?.().join()).toMatch(/暗号化されていないFTP.*更新日時の設定に対応していません/);
  const told = (await readSummary(job.objects, job))?.remarks ?? [];
  expect(told.filter((remark) => remark.includes('ハードリンクと所有者が分かりません'))).toHaveLength(1);
});
