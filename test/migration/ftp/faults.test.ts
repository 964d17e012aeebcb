import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { copyChunk } from '../../../functions/migration/web/copy-chunk.ts';
import { openWebTree, type WebPolicy, type WebTree } from '../../../functions/migration/web/open-web-tree.ts';
import { chunksOf, jobOf, ledgerOf, type TestJob, transfer } from '../whole-transfer.ts';
import { type FtpFault, type FtpFaults, startFtpProxy } from './ftp-proxy.ts';
import { type FtpServer, startFtpServer } from './ftp-server.ts';

const policy = { allowedAddresses: ['127.0.0.0/8'], timeout: 10_000, pauses: [5, 10, 20, 50, 100, 200, 500] };
const open: (() => Promise<unknown>)[] = [];

let from: FtpServer;
let to: FtpServer;

beforeAll(async () => {
  [from, to] = await Promise.all([startFtpServer({ config: [] }), startFtpServer({ config: [] })]);
});

beforeEach(() => {
  for (const { home } of [from, to]) {
    for (const name of readdirSync(home)) rmSync(join(home, name), { recursive: true });
  }
});

afterEach(async () => {
  for (const end of open.splice(0).reverse()) await end();
});

afterAll(async () => {
  await Promise.all([from?.stop(), to?.stop()]);
});

async function start(config: readonly string[]): Promise<FtpServer> {
  const server = await startFtpServer({ config });
  open.push(server.stop);
  return server;
}

async function reach(server: FtpServer, port: number, more: Partial<WebPolicy> = {}): Promise<WebTree> {
  const tree = await openWebTree({ ...server.access('ftp'), port }, { ...policy, ...more });
  open.push(() => tree.close());
  return tree;
}

async function through(server: FtpServer, faults: FtpFaults, more: Partial<WebPolicy> = {}) {
  const proxy = await startFtpProxy({ host: server.host, port: server.ftpPort }, faults);
  open.push(() => proxy.stop());
  return { proxy, tree: await reach(server, proxy.port, more) };
}

/** 96 files in 8 directories, and one that moves in two parts: 105 objects. */
function fill(root: string, largest = 9_000_001): void {
  const write = (path: string, bytes: number) => {
    writeFileSync(path, randomBytes(bytes));
    utimesSync(path, 1_000_000_007, 1_000_000_007);
  };
  for (let directory = 0; directory < 8; directory += 1) {
    const folder = join(root, `フォルダ${directory}`);
    mkdirSync(folder);
    for (let file = 0; file < 12; file += 1) write(join(folder, `${file}.php`), 1000 + file * 9000);
    utimesSync(folder, 1_000_000_000, 1_000_000_000);
  }
  if (largest > 0) write(join(root, 'large.zip'), largest);
  execFileSync('chown', ['-R', '--reference', root, root]);
}

function expectEqualTrees(source: string, target: string): void {
  const options = ['-ainc', '--delete', '--no-owner', '--no-group'];
  const out = execFileSync('rsync', [...options, `${source}/`, `${target}/`]).toString();
  // The root's own time is not ours to set.
  expect(out).toMatch(/^(\.d\.\.t\.* \.\/\n)?$/);
}

/** As the workflow does: a step that asks for it is called again. */
async function persistently(job: TestJob) {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await transfer(job);
    } catch (error) {
      if ((error as Error).name !== 'RetryAfterError' || attempt === 20) throw error;
    }
  }
}

const all = { objects: 105, moved: 105, unexplained: 0 };

describe.each(['close', 'reset'] as const)('data connections that end by a %s', (how) => {
  const fault = (connection: number): FtpFault | undefined =>
    connection % 5 === 3 ? { after: 30_000, how } : undefined;

  test('at the source', async () => {
    fill(from.home);
    const { proxy, tree } = await through(from, { data: fault });
    expect(await transfer(jobOf(tree, await reach(to, to.ftpPort)))).toMatchObject(all);
    expect(proxy.faults.data).toBeGreaterThan(5);
    expectEqualTrees(from.home, to.home);
  });

  test('at the target', async () => {
    fill(from.home);
    const { proxy, tree } = await through(to, { data: fault });
    expect(await persistently(jobOf(await reach(from, from.ftpPort), tree))).toMatchObject(all);
    expect(proxy.faults.data).toBeGreaterThan(5);
    expectEqualTrees(from.home, to.home);
    for (const name of readdirSync(to.home, { recursive: true })) expect(name).not.toMatch(/\.hikkoshi/);
  });
});

test('silence, of a control connection and of data at either end, is waited for so long, and no longer', async () => {
  fill(from.home);
  const faults: FtpFaults = {
    control: (n) => (n === 1 ? { after: 800, how: 'stall' } : undefined),
    data: (n) => (n >= 20 && n < 23 ? { after: 500, how: 'stall' } : undefined),
  };
  const source = await through(from, faults, { timeout: 2500 });
  const target = await through(to, faults, { timeout: 2500 });
  expect(await transfer(jobOf(source.tree, target.tree))).toMatchObject(all);
  // One of three: a connection may end before anything goes over it.
  for (const { proxy } of [source, target]) {
    expect(proxy.faults.control).toBe(1);
    expect(proxy.faults.data).toBeGreaterThan(0);
  }
  expectEqualTrees(from.home, to.home);
});

test('both servers are killed in the middle and started again: the move goes on', async () => {
  fill(from.home);
  // Longer than the slowest machine takes to start a server.
  const more = { pauses: [50, 100, 200, 500, 1000, 2000, 4000, 8000, 16_000] };
  const job = jobOf(await reach(from, from.ftpPort, more), await reach(to, to.ftpPort, more));
  const arrived = () => readdirSync(to.home, { recursive: true }).length;
  const moved = transfer(job);
  moved.catch(() => undefined);
  while (arrived() < 15) await wait(5);
  await to.restart();
  while (arrived() < 40) await wait(5);
  await from.restart();
  expect(await moved).toMatchObject(all);
  expectEqualTrees(from.home, to.home);
});

test('a target without room (552) ends the run; what has arrived stays, and the run goes on when there is room', async () => {
  const small = await start(['MaxStoreFileSize 90 KB']);
  fill(from.home, 0);
  const job = jobOf(await reach(from, from.ftpPort), await reach(small, small.ftpPort));
  const chunks = await chunksOf(job);
  expect(chunks).toHaveLength(1);
  await expect(copyChunk(job, 0)).rejects.toMatchObject({
    name: 'TerminalError',
    message: expect.stringMatching(/容量.*保持/),
  });
  // The same files behind a server that takes everything.
  const target = await openWebTree({ ...to.access('ftp'), root: small.home }, policy);
  open.push(() => target.close());
  expect(await transfer({ ...job, target })).toMatchObject({ objects: 104, moved: 104, unexplained: 0 });
  expectEqualTrees(from.home, small.home);
});

test('what may not be read or written is left out with the reason, and the rest moves', async () => {
  fill(from.home);
  chmodSync(join(from.home, 'フォルダ1/3.php'), 0o000);
  chmodSync(join(from.home, 'フォルダ2'), 0o000);
  mkdirSync(join(to.home, 'フォルダ4'));
  chmodSync(join(to.home, 'フォルダ4'), 0o755);
  const job = jobOf(await reach(from, from.ftpPort), await reach(to, to.ftpPort));
  const result = await transfer(job);
  chmodSync(join(from.home, 'フォルダ2'), 0o755);
  expect(result).toMatchObject({ unexplained: 0 });
  const ledger = await ledgerOf(job);
  expect(ledger.get('フォルダ1/3.php')).toMatchObject({
    outcome: 'skipped',
    why: '移行元で読み取りが許可されていません',
  });
  expect(ledger.get('フォルダ2/')).toMatchObject({ outcome: 'skipped', why: /フォルダの一覧/ });
});

test('a wrong password is told at once, without the password', async () => {
  const access = { ...from.access('ftp'), password: 'chigau-9876' };
  const error: Error = await openWebTree(access, policy).then(
    () => new Error('logged in'),
    (refusal) => refusal,
  );
  expect(error).toMatchObject({ name: 'TerminalError', message: expect.stringContaining('パスワード') });
  expect(`${error.message}${error.stack}`).not.toContain('chigau');
});

const atMost = (clients: number) =>
  `MaxClientsPerUser ${clients} "Sorry, the maximum number of clients (%m) for this user are already connected."`;

test('a limit of connections: the move is content with what there is', async () => {
  const limited = await start([atMost(2)]);
  fill(from.home);
  const job = jobOf(await reach(from, from.ftpPort), await reach(limited, limited.ftpPort));
  expect(await transfer(job)).toMatchObject(all);
  expectEqualTrees(from.home, limited.home);
});

test('who finds no connection free is told to come again later', async () => {
  const limited = await start([atMost(1)]);
  await reach(limited, limited.ftpPort);
  await expect(reach(limited, limited.ftpPort)).rejects.toMatchObject({
    name: 'TransientError',
    message: expect.stringContaining('同時接続数'),
  });
});

test('a server that hangs up on idle connections is connected to again', async () => {
  const server = await start(['TimeoutIdle 1']);
  writeFileSync(join(server.home, 'a'), 'hello');
  execFileSync('chown', ['--reference', server.home, join(server.home, 'a')]);
  const tree = await reach(server, server.ftpPort, { pauses: [] });
  for (let time = 0; time < 2; time += 1) {
    expect((await tree.read(Buffer.from('a'), 0, 9)).content.toString()).toBe('hello');
    await wait(1600);
  }
  expect((await tree.read(Buffer.from('a'), 0, 9)).content.toString()).toBe('hello');
});
