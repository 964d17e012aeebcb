import { randomBytes } from 'node:crypto';
import { afterEach, expect, test } from '@jest/globals';
import type { FileTree } from '../../../functions/migration/web/file-tree.ts';
import { MemoryTree } from '../../../functions/migration/web/memory-tree.ts';
import { openWebTree, type WebPolicy } from '../../../functions/migration/web/open-web-tree.ts';
import { jobOf, transfer } from '../whole-transfer.ts';
import { type FtpScript, type ScriptedFtp, startScriptedFtp } from './scripted-ftp.ts';

const path = (name: string) => Buffer.from(name, 'latin1');
const pauses = [1, 1, 1, 1, 1, 1, 1, 1];
const open: { close?(): Promise<void>; stop?(): Promise<void> }[] = [];

afterEach(async () => {
  for (const one of open.splice(0).reverse()) await (one.close ?? one.stop)?.call(one);
});

async function reach(
  script: FtpScript,
  more: Partial<WebPolicy> = {},
): Promise<{ server: ScriptedFtp; tree: FileTree & { remarks?(): string[] } }> {
  const server = await startScriptedFtp(script);
  open.push(server);
  const tree = await openWebTree(server.access(), {
    ...{ allowedAddresses: ['127.0.0.0/8'], timeout: 10_000, pauses },
    ...more,
  });
  open.push(tree);
  return { server, tree };
}

async function namesIn(tree: FileTree): Promise<string[]> {
  const names = new Set<string>();
  for await (const batch of tree.list(path(''))) for (const { name } of batch) names.add(name.toString());
  return [...names].sort();
}

/** Files that do not change, listed as Unix does. */
function serving(files: Readonly<Record<string, Buffer>>): Pick<FtpScript, 'files' | 'list'> {
  const line = ([name, content]: [string, Buffer]) =>
    `-rw-r--r--   1 u g ${content.length} Jan 02 2026 ${name.slice(5)}\r\n`;
  return { files, list: () => Object.entries(files).map(line) };
}

const without = (unknown: RegExp) => (verb: string) =>
  unknown.test(verb) ? '502 No such command.' : undefined;

test.each([1, 3])(
  'a large file from a server that begins every file at its beginning, over %i connections',
  async (connections) => {
    const files = {
      '/www/large': randomBytes(2_500_000),
      '/www/other': randomBytes(700_000),
      '/www/small': Buffer.from('small'),
    };
    const { server, tree } = await reach(
      { ...serving(files), reply: without(/^(REST|RANG)$/) },
      { connections, pauses: [] },
    );
    const parts: Buffer[] = [];
    for (let start = 0; start < files['/www/large'].length; start += 800_000) {
      parts.push((await tree.read(path('large'), start, 800_000)).content);
      const [other, small] = await Promise.all([
        tree.read(path('other'), 100_000, 5000),
        tree.read(path('small'), 0, 9),
      ]);
      expect(other.content.equals(files['/www/other'].subarray(100_000, 105_000))).toBe(true);
      expect(small.content.toString()).toBe('small');
    }
    expect(Buffer.concat(parts).equals(files['/www/large'])).toBe(true);
    expect((await tree.read(path('large'), 2_600_000, 5)).content).toHaveLength(0);
    const begun = server.commands.filter((one) => one === 'RETR /www/large').length;
    // With a connection for each, the first part and the one transfer of all that follow.
    expect(connections > 1 ? begun === 2 : begun > 2).toBe(true);
    expect(tree.remarks?.().join()).toContain('途中からの読み取り');
  },
);

test('421 at any command: everything arrives', async () => {
  const files = Object.fromEntries(Array.from({ length: 40 }, (_, at) => [`/www/f${at}`, randomBytes(3000)]));
  let commands = 0;
  const { server, tree } = await reach({
    ...serving(files),
    reply: (verb, _, session) => {
      commands += 1;
      // Not while the first one logs in: that is told to whoever opens the tree.
      if (session.number === 1 ? commands < 40 : commands % 61 !== 0) return undefined;
      setTimeout(session.end, 5);
      return verb === '' ? '421 Too busy.' : '421 Closing.';
    },
  });
  const target = new MemoryTree();
  expect(await transfer(jobOf(tree, target))).toMatchObject({ objects: 40, moved: 40, unexplained: 0 });
  for (const [name, content] of Object.entries(files)) {
    expect((await target.read(path(name.slice(5)), 0, 9999)).content.equals(content)).toBe(true);
  }
  expect(server.sessions.ever).toBeGreaterThan(5);
});

test('a listing that is cut off within a line is asked for again', async () => {
  let cut = 0;
  const files = { '/www/first': Buffer.from('1'), '/www/second': Buffer.from('2') };
  const { list } = serving(files);
  const { tree } = await reach({
    list: (at) => {
      const whole = [...(list!(at) as string[])].join('');
      cut += 1;
      return [cut === 3 ? whole.slice(0, -9) : whole];
    },
  });
  expect(await namesIn(tree)).toEqual(['first', 'second']);
  cut = 2;
  expect(await namesIn(tree)).toEqual(['first', 'second']);
  expect(cut).toBeGreaterThan(3);
});

test('a server that never ends its last line is understood all the same', async () => {
  const { tree } = await reach({
    list: () => ['-rw-r--r-- 1 u g 5 Jan 02 2026 a\r\n-rw-r--r-- 1 u g 5 Jan 02 2026 b'],
  });
  expect(await namesIn(tree)).toEqual(['a', 'b']);
});

test('a file that is always shorter than its server says is given up, and only that', async () => {
  const { tree } = await reach({
    ...serving({ '/www/lie': Buffer.from('short'), '/www/true': Buffer.from('true') }),
    reply: (verb, argument) => (verb === 'SIZE' && argument === '/www/lie' ? '213 500' : undefined),
  });
  await expect(tree.read(path('lie'), 0, 500)).rejects.toMatchObject({
    name: 'ObjectProblem',
    reason: 'failed',
  });
  expect((await tree.read(path('true'), 0, 9)).content.toString()).toBe('true');
});
