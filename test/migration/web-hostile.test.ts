import { afterEach, describe, expect, it } from '@jest/globals';
import { ObjectProblem } from '../../functions/migration/object-problem.ts';
import type { Entry, FileTree } from '../../functions/migration/web/file-tree.ts';
import { MemoryTree } from '../../functions/migration/web/memory-tree.ts';
import { openWebTree } from '../../functions/migration/web/open-web-tree.ts';
import {
  PacketReader,
  packetType,
  string,
  uint32,
  uint64,
} from '../../functions/migration/web/sftp/packet.ts';
import { type ScriptedOptions, type ScriptedServer, startScriptedSftp } from '../servers/scripted-sftp.ts';
import { treeScript } from '../servers/tree-script.ts';
import { inventoryOf, jobOf, ledgerOf, transfer } from './whole-transfer.ts';

const path = (text: string) => Buffer.from(text);

/** A source that lies: its listings hold what `entries` says, whatever is there. */
class LyingTree extends MemoryTree {
  entries: (directory: string) => Entry[] = () => [];

  override async *list(directory: Buffer): AsyncIterable<readonly Entry[]> {
    yield this.entries(directory.toString());
  }

  override async inspect(at: Buffer) {
    const found = this.entries(at.toString().replace(/(^|\/)[^/]*$/, '')).find(
      (entry) => entry.name.toString() === at.toString().replace(/.*\//, ''),
    );
    if (!found) throw new ObjectProblem('missing', 'inspect');
    return found.attributes;
  }

  override async read(at: Buffer, start: number, length: number) {
    const before = await this.inspect(at);
    return { before, after: before, content: Buffer.from('x').subarray(start, start + length) };
  }
}

const entry = (name: string | Buffer, kind: Entry['attributes']['kind'] = 'file'): Entry => ({
  name: Buffer.from(name as string),
  attributes: { kind, size: kind === 'file' ? 1 : 0, mode: 0o755, mtime: 1000 },
});

async function allOf(tree: FileTree, directory = ''): Promise<string[]> {
  const found: string[] = [];
  for await (const batch of tree.list(path(directory))) {
    for (const { name, attributes } of batch) {
      const at = directory ? `${directory}/${name}` : `${name}`;
      found.push(at);
      if (attributes.kind === 'directory') found.push(...(await allOf(tree, at)));
    }
  }
  return found;
}

describe('hostile names (threats, rows 1 and 10)', () => {
  it('never become a path, and each is in the ledger', async () => {
    const source = new LyingTree();
    const target = new MemoryTree();
    const names = [
      '..',
      '.',
      '',
      '../escaped',
      '/etc/cron.d/x',
      'a/b',
      'nul\0x',
      'line\nfeed',
      '\x1b]0;x\x07',
      'ok',
    ];
    source.entries = (directory) =>
      directory === '' ? [...names.map((name) => entry(name)), entry('..', 'directory')] : [];
    const job = jobOf(source, target);
    expect(await transfer(job)).toMatchObject({ moved: 1, skipped: 9, unexplained: 0 });
    expect(await allOf(target)).toEqual(['ok']);
    for (const [name, line] of await ledgerOf(job)) {
      if (name !== 'ok')
        expect(line).toMatchObject({ outcome: 'skipped', why: expect.stringContaining('名前') });
    }
  });

  it('a directory in itself without end stops at a depth', async () => {
    const source = new LyingTree();
    source.entries = () => [entry('d', 'directory')];
    const job = jobOf(source, new MemoryTree());
    const result = await transfer(job);
    expect(result).toMatchObject({ objects: 101, moved: 100, skipped: 1, unexplained: 0 });
  });

  it('a name of 256 bytes is left out, an entry listed twice is one', async () => {
    const source = new LyingTree();
    source.entries = (directory) =>
      directory === '' ? [entry('x'.repeat(256)), entry('two'), entry('two')] : [];
    expect(await transfer(jobOf(source, new MemoryTree()))).toMatchObject({
      objects: 2,
      moved: 1,
      skipped: 1,
    });
  });

  it('names of half a megabyte are left out, each by itself, and not kept whole', async () => {
    const source = new LyingTree();
    const long = Buffer.alloc(500_000, 'a');
    const other = Buffer.concat([long, Buffer.from('b')]);
    source.entries = (at) => (at === '' ? [entry(long), entry(other, 'directory'), entry('f')] : []);
    const job = jobOf(source, new MemoryTree());
    expect(await transfer(job)).toMatchObject({ objects: 3, moved: 1, skipped: 2, unexplained: 0 });
    for (const [name, { why }] of await ledgerOf(job)) {
      expect(name.length).toBeLessThanOrEqual(256);
      if (name !== 'f') expect(why).toContain('255バイト');
    }
  });

  it('a directory that turned into a link is not entered', async () => {
    const source = new LyingTree();
    source.entries = (directory) => (directory === '' ? [entry('d', 'directory')] : [entry('secret')]);
    source.inspect = async () => entry('d', 'symlink').attributes;
    const job = jobOf(source, new MemoryTree());
    expect(await transfer(job)).toMatchObject({ moved: 1, skipped: 1, unexplained: 0 });
    expect((await ledgerOf(job)).get('d/')).toMatchObject({ outcome: 'skipped' });
  });
});

describe('links at the target', () => {
  it('are never written through', async () => {
    const source = new MemoryTree();
    const target = new MemoryTree();
    for (const directory of ['uploads', 'uploads/deep']) await source.makeDirectory(path(directory));
    await source.write(path('uploads/x'), 0, path('x'), { create: true });
    await source.write(path('uploads/deep/y'), 0, path('y'), { create: true });
    await source.write(path('page'), 0, path('page'), { create: true });
    await target.makeDirectory(path('elsewhere'));
    await target.write(path('elsewhere/aim'), 0, path('aim'), { create: true });
    await target.makeLink(path('uploads'), path('elsewhere'));
    await target.makeLink(path('page'), path('elsewhere/aim'));
    const job = jobOf(source, target);
    expect(await transfer(job)).toMatchObject({ moved: 1, skipped: 4, unexplained: 0 });
    expect((await ledgerOf(job)).get('uploads/x')!.why).toContain('リンク');
    expect((await allOf(target)).sort()).toEqual(['elsewhere', 'elsewhere/aim', 'page', 'uploads']);
    expect((await target.read(path('elsewhere/aim'), 0, 9)).content.toString()).toBe('aim');
    expect((await target.read(path('page'), 0, 9)).content.toString()).toBe('page');
  });

  it('and directories in the way of a file stay', async () => {
    const source = new MemoryTree();
    const target = new MemoryTree();
    await source.write(path('a'), 0, path('a'), { create: true });
    await source.makeLink(path('b'), path('a'));
    await source.makeDirectory(path('c'));
    await source.write(path('c/d'), 0, path('d'), { create: true });
    for (const name of ['a', 'b']) await target.makeDirectory(path(name));
    await target.write(path('c'), 0, path('a file'), { create: true });
    expect(await transfer(jobOf(source, target))).toMatchObject({ moved: 0, skipped: 4, unexplained: 0 });
    expect((await allOf(target)).sort()).toEqual(['a', 'b', 'c']);
  });
});

describe('a server that does not speak SFTP as it should', () => {
  let server: ScriptedServer | undefined;

  afterEach(async () => {
    await server?.stop();
    server = undefined;
  });

  async function opened(options: ScriptedOptions) {
    server = await startScriptedSftp(options);
    return openWebTree(
      { protocol: 'sftp', ...server, root: '/tree' },
      { allowedAddresses: ['127.0.0.0/8'], timeout: 3_000, pauses: [1] },
    );
  }

  const honest = () => treeScript(new MemoryTree());

  it.each([
    ['text', Buffer.from('Welcome to the old server!\r\n')],
    ['a packet of 4 GB', Buffer.concat([uint32(0xffff_fff0), Buffer.of(2)])],
    ['an empty packet', uint32(0)],
    ['version 2', Buffer.concat([uint32(5), Buffer.of(2), uint32(2)])],
  ])('greets with %s', async (_, greeting) => {
    await expect(opened({ script: honest(), greeting })).rejects.toMatchObject({ name: 'TerminalError' });
  });

  it('says nothing: given up in time', async () => {
    await expect(opened({ script: () => undefined })).rejects.toMatchObject({ name: 'TransientError' });
  });

  it.each([
    ['more data than was asked for', packetType.data, string(Buffer.alloc(70_000))],
    ['no data', packetType.data, string('')],
    ['a string beyond the packet', packetType.data, uint32(5000)],
    ['another kind of answer', packetType.handle, string('h')],
  ])('answers a read with %s', async (_, type, body) => {
    const script = treeScript(await withFile());
    const tree = await opened({
      script: (kind, fields) => (kind === packetType.read ? { type, body } : script(kind, fields)),
    });
    await expect(tree.read(path('file'), 0, 1000)).rejects.toMatchObject({ name: 'TerminalError' });
    await tree.close();
  });

  it('lists names without what they are, and will not say it: each is accounted for', async () => {
    const tree = await withFile();
    await tree.write(path('odd'), 0, path('odd'), { create: true });
    await tree.write(path('gone'), 0, path('gone'), { create: true });
    const script = treeScript(tree, { bareListings: true });
    const refusals: Record<string, number> = { '/tree/odd': 4, '/tree/gone': 2 };
    const source = await opened({
      script: (kind, fields) => {
        if (kind !== packetType.lstat) return script(kind, fields);
        const asked = fields.string();
        const code = refusals[asked.toString()];
        if (code === undefined) return script(kind, new PacketReader(string(asked)));
        return { type: packetType.status, body: Buffer.concat([uint32(code), string(''), string('')]) };
      },
    });
    const job = jobOf(source, new MemoryTree());
    expect(await transfer(job)).toMatchObject({ objects: 2, moved: 1, skipped: 1, unexplained: 0 });
    expect((await ledgerOf(job)).get('odd')).toMatchObject({ outcome: 'skipped' });
    await source.close();
  });

  it('lists without end: cut off at a limit, in bounded memory', async () => {
    const script = honest();
    let count = 0;
    const many = () => {
      const names = Array.from({ length: 500 }, () => {
        count += 1;
        const attributes = [uint32(1 | 4 | 8), uint64(1), uint32(0o100644), uint32(0), uint32(0)];
        return Buffer.concat([string(`f${count}`), string(''), ...attributes]);
      });
      return { type: packetType.name, body: Buffer.concat([uint32(500), ...names]) };
    };
    const tree = await opened({
      script: (kind, fields) => (kind === packetType.readdir ? many() : script(kind, fields)),
    });
    const job = jobOf(tree, new MemoryTree());
    expect(await inventoryOf(job)).toMatchObject({ objects: 1 });
    expect(count).toBeLessThan(600_000);
    await tree.close();
  });
});

async function withFile(): Promise<MemoryTree> {
  const tree = new MemoryTree();
  await tree.write(path('file'), 0, Buffer.alloc(1000, 'x'), { create: true });
  return tree;
}
