import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { copyChunk } from '../../functions/migration/web/copy-chunk.ts';
import { openWebTree, type WebTree } from '../../functions/migration/web/open-web-tree.ts';
import { type Fault, type FaultyProxy, startFaultyProxy } from '../servers/faulty-proxy.ts';
import { type OpenSshServer, startOpenSsh } from '../servers/openssh.ts';
import { chunksOf, jobOf, transfer } from './whole-transfer.ts';

describe('a web transfer over bad lines', () => {
  let from: OpenSshServer;
  let to: OpenSshServer;
  let source: string;
  let target: string;
  const open: (WebTree | FaultyProxy)[] = [];

  beforeAll(async () => {
    [from, to] = [await startOpenSsh(), await startOpenSsh()];
    source = join(from.folder, 'www');
    target = join(to.folder, 'www');
    for (let directory = 0; directory < 10; directory += 1) {
      mkdirSync(join(source, `フォルダ${directory}`), { recursive: true });
      for (let file = 0; file < 20; file += 1) {
        const path = join(source, `フォルダ${directory}`, `${file}.php`);
        writeFileSync(path, randomBytes(1000 + file * 777));
        utimesSync(path, 1_000_000_000, 1_000_000_000);
      }
    }
    writeFileSync(join(source, 'large.zip'), randomBytes(9_000_000));
    utimesSync(join(source, 'large.zip'), 1_000_000_000, 1_000_000_000);
  });

  afterEach(async () => {
    for (const one of open.splice(0)) await ('stop' in one ? one.stop() : one.close());
  });

  afterAll(async () => {
    await from.stop();
    await to.stop();
  });

  async function through(server: OpenSshServer, root: string, fault: (n: number) => Fault | undefined) {
    const proxy = await startFaultyProxy(server, fault);
    const tree = await openWebTree(
      { protocol: 'sftp', ...server, port: proxy.port, root },
      { allowedAddresses: ['127.0.0.0/8'], timeout: 4000, pauses: [5, 10, 20, 50, 100] },
    );
    open.push(tree, proxy);
    return { tree, proxy };
  }

  function emptyTarget() {
    rmSync(target, { recursive: true, force: true });
    mkdirSync(target);
  }

  function expectEqualTrees() {
    expect(execFileSync('rsync', ['-ainc', '--delete', `${source}/`, `${target}/`]).toString()).toMatch(
      /^(\.d\.\.t\.* \.\/\n)?$/,
    );
  }

  it.each(['close', 'reset', 'truncate'] as const)('%s every 2 MB at the source', async (how) => {
    emptyTarget();
    const { tree, proxy } = await through(from, source, () => ({ after: 2_000_000, how }));
    const sound = await through(to, target, () => undefined);
    expect(await transfer(jobOf(tree, sound.tree))).toMatchObject({
      objects: 211,
      moved: 211,
      unexplained: 0,
    });
    expect(proxy.faults).toBeGreaterThan(3);
    expectEqualTrees();
  });

  it('resets every 400 kB of answers at the target', async () => {
    emptyTarget();
    const sound = await through(from, source, () => undefined);
    const { tree, proxy } = await through(to, target, () => ({ after: 400_000, how: 'reset' }));
    expect(await transfer(jobOf(sound.tree, tree))).toMatchObject({ moved: 211, unexplained: 0 });
    expect(proxy.faults).toBeGreaterThan(2);
    expectEqualTrees();
  });

  it('goes on after silence', async () => {
    emptyTarget();
    const { tree, proxy } = await through(from, source, (n) =>
      n === 0 ? { after: 3_000_000, how: 'stall' } : undefined,
    );
    const sound = await through(to, target, () => undefined);
    expect(await transfer(jobOf(tree, sound.tree))).toMatchObject({ moved: 211, unexplained: 0 });
    expect(proxy.connections).toBe(2);
    expectEqualTrees();
  });

  it('gives a line up that never carries anything, keeps what has arrived, and goes on from there', async () => {
    emptyTarget();
    const dead = await through(from, source, (n) =>
      n === 0 ? { after: 9_500_000, how: 'reset' } : { after: 10, how: 'close' },
    );
    const sound = await through(to, target, () => undefined);
    const job = jobOf(dead.tree, sound.tree);
    const chunks = await chunksOf(job);
    const failed = async () => {
      for (const chunk of chunks) await copyChunk(job, chunk);
    };
    await expect(failed()).rejects.toMatchObject({ name: 'TransientError' });
    const again = await through(from, source, () => undefined);
    expect(await transfer({ ...job, source: again.tree })).toMatchObject({ moved: 211, unexplained: 0 });
    expectEqualTrees();
  });
});
