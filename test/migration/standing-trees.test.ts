import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { WebAccess } from '../../functions/case/access.ts';
import { MemoryTree } from '../../functions/migration/web/memory-tree.ts';
import { openWebTree, type WebTree } from '../../functions/migration/web/open-web-tree.ts';
import { StandingTrees, workWith } from '../../functions/migration/web/standing-trees.ts';
import { type OpenSshServer, startOpenSsh } from '../servers/openssh.ts';

const policy = { allowedAddresses: ['127.0.0.0/8'], timeout: 10_000, pauses: [10, 100, 1000] };
const root = Buffer.alloc(0);
const idle = 600_000;
let server: OpenSshServer;
let access: WebAccess;

beforeAll(async () => {
  server = await startOpenSsh({ config: ['LogLevel VERBOSE'] });
  const folder = join(server.folder, 'www');
  mkdirSync(folder);
  const { host, port, user, privateKey, hostKey } = server;
  access = { protocol: 'sftp', host, port, user, privateKey, hostKey, root: folder };
});
afterAll(() => server.stop());

/** A step that has opened them ends. */
const leave = (trees: readonly WebTree[], inGoodOrder: boolean) =>
  workWith(trees, async () => ({ more: !inGoodOrder }));

const logIns = () =>
  readFileSync(join(server.folder, 'log'), 'utf8').match(/Accepted publickey/g)?.length ?? 0;

/** How many log-ins it takes. */
async function counting(work: (standing: StandingTrees) => Promise<void>): Promise<number> {
  const standing = new StandingTrees(openWebTree, idle);
  const before = logIns();
  try {
    await work(standing);
  } finally {
    await standing.close();
  }
  return logIns() - before;
}

const isOpen = (tree: WebTree) =>
  tree.inspect(root).then(
    () => true,
    () => false,
  );

describe('trees that stand open', () => {
  it('serve step after step with one log-in', async () => {
    const count = await counting(async (standing) => {
      for (let step = 0; step < 3; step += 1) {
        const tree = await standing.open(access, policy);
        await tree.inspect(root);
        await leave([tree], true);
      }
    });
    expect(count).toBe(1);
  });

  it('serve a log-in from before the key was pinned, once it is', async () => {
    const { hostKey: _, ...unpinned } = access;
    const count = await counting(async (standing) => {
      await leave([await standing.open(unpinned, policy)], true);
      await leave([await standing.open(access, policy)], true);
    });
    expect(count).toBe(1);
  });

  it('serve one step at a time', async () => {
    const count = await counting(async (standing) => {
      const trees = [await standing.open(access, policy), await standing.open(access, policy)];
      expect(trees[0]).not.toBe(trees[1]);
      await leave(trees, true);
    });
    expect(count).toBe(2);
  });

  it('are closed by who comes to the same server with other bounds or another log-in', async () => {
    await counting(async (standing) => {
      const first = await standing.open(access, policy);
      await leave([first], true);
      const second = await standing.open(access, { ...policy, bytesPerSecond: 1_000_000 });
      expect(await isOpen(first)).toBe(false);
      await leave([second], true);
      await expect(standing.open({ ...access, user: 'nobody-here' }, policy)).rejects.toThrow();
      expect(await isOpen(second)).toBe(false);
    });
  });

  it('log in anew where the server has gone away meanwhile', async () => {
    const count = await counting(async (standing) => {
      await leave([await standing.open(access, policy)], true);
      execFileSync('pkill', ['-P', String(server.pid)]);
      const tree = await standing.open(access, policy);
      expect(await tree.inspect(root)).toMatchObject({ kind: 'directory' });
      await leave([tree], true);
    });
    expect(count).toBe(2);
  });

  it('are closed when nobody has come for a moment', async () => {
    const closed = Promise.withResolvers<void>();
    const tree = Object.assign(new MemoryTree(), { close: async () => closed.resolve() });
    const standing = new StandingTrees(async () => tree, 1);
    await leave([await standing.open(access, policy)], true);
    await closed.promise;
  });

  it('are none after a step that failed, or that ran out of time', async () => {
    await counting(async (standing) => {
      const tree = await standing.open(access, policy);
      await leave([tree], false);
      expect(await isOpen(tree)).toBe(false);
      const next = await standing.open(access, policy);
      expect(next).not.toBe(tree);
      await leave([next], true);
    });
  });
});
