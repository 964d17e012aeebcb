import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { FileTree } from '../../../functions/migration/web/file-tree.ts';
import { openWebTree, type WebTree } from '../../../functions/migration/web/open-web-tree.ts';
import { type FaultyProxy, startFaultyProxy } from '../../servers/faulty-proxy.ts';
import { type OpenSshServer, startOpenSsh } from '../../servers/openssh.ts';
import { jobOf, transfer } from '../whole-transfer.ts';

describe('a transfer between servers with a shell', () => {
  let from: OpenSshServer;
  let to: OpenSshServer;
  let source: string;
  let target: string;
  const open: (WebTree | FaultyProxy)[] = [];

  beforeAll(async () => {
    const withShell = () => startOpenSsh({ config: ['ForceCommand none'] });
    [from, to] = [await withShell(), await withShell()];
    [source, target] = [join(from.folder, 'www'), join(to.folder, 'www')];
    for (let number = 0; number < 600; number += 1) {
      const directory = join(source, `フォルダ ${number % 10}`, "it's");
      mkdirSync(directory, { recursive: true });
      writeFileSync(join(directory, `${number}.php`), randomBytes(100 + number * 50));
      utimesSync(join(directory, `${number}.php`), 1_000_000_000, 1_000_000_000 + number);
    }
    writeFileSync(join(source, 'large.zip'), randomBytes(20_000_000));
    utimesSync(join(source, 'large.zip'), 1_000_000_000, 1_000_000_000);
  });

  afterEach(async () => {
    for (const one of open.splice(0).reverse()) await ('stop' in one ? one.stop() : one.close());
  });

  afterAll(async () => {
    await from.stop();
    await to.stop();
  });

  async function reach(server: OpenSshServer, root: string, after?: number): Promise<WebTree> {
    const proxy = await startFaultyProxy(server, () =>
      after === undefined ? undefined : { after, how: 'reset' },
    );
    const tree = await openWebTree(
      { protocol: 'sftp', ...server, port: proxy.port, root },
      { allowedAddresses: ['127.0.0.0/8'], timeout: 10_000, pauses: [5, 10, 20, 50, 100, 100, 100] },
    );
    open.push(proxy, tree);
    return tree;
  }

  async function expectWhole(ends: { source: FileTree; target: FileTree }, meanwhile?: () => Promise<void>) {
    const done = transfer(jobOf(ends.source, ends.target));
    await Promise.all([done, meanwhile?.()]);
    expect(await done).toMatchObject({ objects: 621, moved: 621, unexplained: 0, skipped: 0 });
    expect(execFileSync('rsync', ['-ainc', '--delete', `${source}/`, `${target}/`]).toString()).toMatch(
      /^(\.d\.\.t\.* \.\/\n)?$/,
    );
  }

  const emptyTarget = () => {
    rmSync(target, { recursive: true, force: true });
    mkdirSync(target);
  };

  it('is equal byte for byte', async () => {
    emptyTarget();
    await expectWhole({ source: await reach(from, source), target: await reach(to, target) });
  });

  it('and when the line to the source is cut every 3 MB', async () => {
    emptyTarget();
    await expectWhole({ source: await reach(from, source, 3_000_000), target: await reach(to, target) });
  });

  it('and when the line to the target is cut every 400 kB of answers', async () => {
    emptyTarget();
    await expectWhole({ source: await reach(from, source), target: await reach(to, target, 400_000) });
  });

  it('and when sshd and what it runs are killed again and again', async () => {
    emptyTarget();
    let kills = 0;
    await expectWhole({ source: await reach(from, source), target: await reach(to, target) }, async () => {
      for (const pause of [150, 100, 200, 100, 150]) {
        await wait(pause);
        for (const server of [from, to]) kills += killSessions(server);
      }
    });
    expect(kills).toBeGreaterThan(3);
  });
});

/** Everything that the listening process has started, its commands too. */
function killSessions(server: OpenSshServer): number {
  const table = execFileSync('ps', ['-eo', 'pid=,ppid=']).toString().trim().split('\n');
  const parents = new Map(table.map((line) => line.trim().split(/\s+/).map(Number) as [number, number]));
  const isBelow = (pid: number | undefined): boolean =>
    pid !== undefined && (parents.get(pid) === server.pid || isBelow(parents.get(pid)));
  const sessions = [...parents.keys()].filter(isBelow);
  for (const pid of sessions) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has ended by itself.
    }
  }
  return sessions.length;
}
