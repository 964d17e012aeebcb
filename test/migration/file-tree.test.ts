import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { WebAccess } from '../../functions/case/access.ts';
import type { Entry, FileTree, Reading } from '../../functions/migration/web/file-tree.ts';
import { MemoryTree } from '../../functions/migration/web/memory-tree.ts';
import { openWebTree } from '../../functions/migration/web/open-web-tree.ts';
import { startOpenSsh } from '../servers/openssh.ts';
import { startProftpd } from '../servers/proftpd.ts';
import { startScriptedSftp } from '../servers/scripted-sftp.ts';
import { treeScript } from '../servers/tree-script.ts';
import { ftpBackends } from './ftp/backends.ts';

interface Backend {
  tree: FileTree;
  stop(): Promise<void>;
  /** Where the protocol has no way to make a link: behind the tree's back. */
  plantLink?(path: string, target: string): void;
}

const path = (name: string) => Buffer.from(name);
const open = (access: Omit<WebAccess, 'protocol'>) =>
  openWebTree({ protocol: 'sftp', ...access }, { allowedAddresses: ['127.0.0.0/8'], timeout: 10_000 });

const backends: Record<string, () => Promise<Backend>> = {
  memory: async () => ({ tree: new MemoryTree(), stop: async () => undefined }),
  OpenSSH: async () => {
    const server = await startOpenSsh();
    const root = join(server.folder, 'www');
    mkdirSync(root);
    return { tree: await open({ ...server, root }), stop: server.stop };
  },
  'OpenSSH with a shell': async () => {
    const server = await startOpenSsh({ config: ['ForceCommand none'] });
    const root = join(server.folder, "it's a $(root)");
    mkdirSync(root);
    return { tree: await open({ ...server, root }), stop: server.stop };
  },
  ProFTPD: async () => {
    const server = await startProftpd();
    return { tree: await open({ ...server, root: server.home }), stop: server.stop };
  },
  'the draft by its letter': async () => {
    const script = treeScript(new MemoryTree());
    const server = await startScriptedSftp({ script });
    return { tree: await open({ ...server, root: '/tree' }), stop: server.stop };
  },
  'a server that answers little': async () => {
    const script = treeScript(new MemoryTree(), {
      bareListings: true,
      shortReads: 1000,
      withoutSetHandle: true,
    });
    const server = await startScriptedSftp({ script });
    return { tree: await open({ ...server, root: '/tree' }), stop: server.stop };
  },
  ...ftpBackends,
};

describe.each(Object.keys(backends))('file tree: %s', (name) => {
  let backend: Backend;
  let tree: FileTree;

  beforeAll(async () => {
    backend = await backends[name]!();
    tree = backend.tree;
  });

  afterAll(async () => {
    await tree?.close();
    await backend?.stop();
  });

  async function listed(directory: string): Promise<Map<string, Entry>> {
    const found = new Map<string, Entry>();
    for await (const batch of tree.list(path(directory))) {
      for (const entry of batch) found.set(entry.name.toString('latin1'), entry);
    }
    return found;
  }

  it('starts empty, with an absolute root', async () => {
    expect((await listed('')).size).toBe(0);
    expect(tree.rootNames[0]![0]).toBe(0x2f);
    expect((await tree.inspect(path(''))).kind).toBe('directory');
  });

  it('writes a file once, with mode and time, and reads it in part', async () => {
    const content = Buffer.from('こんにちは\r\n');
    await tree.write(path('a.txt'), 0, content, {
      create: true,
      attributes: { mode: 0o640, mtime: 1_000_000_000 },
    });
    const reading = await tree.read(path('a.txt'), 0, 100);
    expect(reading.content).toEqual(content);
    expect(reading.before).toMatchObject({
      kind: 'file',
      size: content.length,
      mode: 0o640,
      mtime: 1_000_000_000,
    });
    expect(reading.after).toEqual(reading.before);
    expect((await tree.read(path('a.txt'), 3, 3)).content.toString()).toBe('ん');
    expect((await tree.read(path('a.txt'), 1000, 3)).content.length).toBe(0);
    await expect(tree.write(path('a.txt'), 0, content, { create: true })).rejects.toThrow(/write|open/);
  });

  it('writes at an offset of a file that exists, and only then', async () => {
    await tree.write(path('parts'), 0, Buffer.alloc(100_000, 'a'), { create: true });
    await tree.write(path('parts'), 100_000, Buffer.alloc(100_000, 'b'), { create: false });
    const { content, after } = await tree.read(path('parts'), 99_999, 2);
    expect([content.toString(), after.size]).toEqual(['ab', 200_000]);
    await expect(tree.write(path('none'), 5, Buffer.from('x'), { create: false })).rejects.toMatchObject({
      name: 'ObjectProblem',
      reason: 'missing',
    });
  });

  it('carries three megabytes as they are', async () => {
    const content = Buffer.from(Array.from({ length: 3_000_001 }, (_, at) => (at * 2_654_435_761) >>> 24));
    await tree.write(path('large'), 0, content, { create: true });
    expect((await tree.read(path('large'), 0, 4_000_000)).content.equals(content)).toBe(true);
  });

  it('keeps an empty file', async () => {
    await tree.write(path('empty'), 0, Buffer.alloc(0), {
      create: true,
      attributes: { mode: 0o600, mtime: 86_400 },
    });
    const empty = { kind: 'file', size: 0, mode: 0o600, mtime: 86_400 };
    expect(await tree.inspect(path('empty'))).toMatchObject(empty);
  });

  it('replaces a file by renaming, and never a directory', async () => {
    await tree.write(path('old'), 0, Buffer.from('old'), { create: true });
    await tree.write(path('new'), 0, Buffer.from('new'), { create: true });
    await tree.rename(path('new'), path('old'));
    expect((await tree.read(path('old'), 0, 9)).content.toString()).toBe('new');
    await tree.makeDirectory(path('directory'));
    await expect(tree.rename(path('old'), path('directory'))).rejects.toMatchObject({
      name: 'ObjectProblem',
    });
    expect((await tree.inspect(path('directory'))).kind).toBe('directory');
    await expect(tree.rename(path('none'), path('other'))).rejects.toMatchObject({ reason: 'missing' });
  });

  it('holds names as bytes: Japanese, CP932, decomposed, 255 bytes', async () => {
    const names = [
      Buffer.from('日本語 ファイル.txt'),
      Buffer.from([0x83, 0x65, 0x83, 0x58, 0x83, 0x67, 0x5c, 0x2e, 0x74]),
      Buffer.from('ガ'.normalize('NFD')),
      Buffer.from('x'.repeat(255)),
      Buffer.from('-rf'),
      Buffer.from(' =1+1 '),
    ];
    await tree.makeDirectory(path('names'));
    for (const one of names) {
      const at = Buffer.concat([path('names/'), one]);
      await tree.write(at, 0, one, { create: true });
      expect((await tree.read(at, 0, 300)).content).toEqual(one);
    }
    expect([...(await listed('names')).keys()].sort()).toEqual(
      names.map((one) => one.toString('latin1')).sort(),
    );
  });

  it('makes directories, and sets their mode and time', async () => {
    await tree.makeDirectory(path('d'));
    await tree.makeDirectory(path('d/e'));
    await expect(tree.makeDirectory(path('d'))).rejects.toMatchObject({ name: 'ObjectProblem' });
    await expect(tree.makeDirectory(path('none/x'))).rejects.toMatchObject({ reason: 'missing' });
    await tree.setAttributes(path('d'), { mode: 0o750, mtime: 1_234_567_890 });
    expect(await tree.inspect(path('d'))).toMatchObject({
      kind: 'directory',
      mode: 0o750,
      mtime: 1_234_567_890,
    });
    expect((await listed('')).get('d')!.attributes).toMatchObject({ mode: 0o750, mtime: 1_234_567_890 });
  });

  it('makes links, does not follow them unless asked, and removes the link alone', async () => {
    await tree.write(path('d/aim'), 0, Buffer.from('aim'), { create: true });
    for (const [name, target] of Object.entries({ link: 'd/aim', dangling: 'nowhere' })) {
      const made = tree.makeLink(path(name), path(target));
      if (!backend.plantLink) await made;
      else await expect(made).rejects.toMatchObject({ name: 'ObjectProblem', reason: 'unsupported' });
      backend.plantLink?.(name, target);
    }
    expect([...(await listed('')).keys()]).toEqual(expect.arrayContaining(['link', 'dangling']));
    expect((await tree.inspect(path('link'))).kind).toBe('symlink');
    expect((await tree.inspect(path('link'), true)).kind).toBe('file');
    expect((await listed('')).get('link')!.attributes.kind).toBe('symlink');
    expect((await tree.readLink(path('link'))).toString()).toMatch(/(^|\/)d\/aim$/);
    await expect(tree.inspect(path('dangling'), true)).rejects.toMatchObject({ reason: 'missing' });
    await tree.remove(path('link'));
    expect((await tree.read(path('d/aim'), 0, 9)).content.toString()).toBe('aim');
  });

  it('says what is missing', async () => {
    for (const work of [
      () => tree.inspect(path('none')),
      () => tree.read(path('none'), 0, 1),
      () => tree.readLink(path('none')),
      () => tree.remove(path('none')),
      () => listed('none'),
    ]) {
      await expect(work()).rejects.toMatchObject({ name: 'ObjectProblem', reason: 'missing' });
    }
  });

  it('writes and reads a batch, each file or problem by itself', async () => {
    await tree.makeDirectory(path('batch'));
    const names = ['-rf', 'a b', "it's", '$(x)', 'テスト', 'x'.repeat(200), 'back\\nslash', '*'].map(path);
    names.push(Buffer.from([0x83, 0x65, 0x83, 0x58, 0x5c]));
    const files = names.map((one, at) => ({
      path: Buffer.concat([path('batch/'), one]),
      content: Buffer.alloc(at * 1111, 'b'),
      attributes: { mode: 0o640, mtime: 1_000_000_000 + at },
    }));
    expect(await tree.writeMany(files)).toEqual(files.map(() => undefined));
    const wanted = files.map((file) => ({ path: file.path, size: file.content.length }));
    const read = await tree.readMany([{ path: path('batch/none'), size: 9 }, ...wanted]);
    expect(read.shift()).toMatchObject({ name: 'ObjectProblem', reason: 'missing' });
    for (const [at, file] of files.entries()) {
      const reading = read[at] as Reading;
      expect(reading.content.equals(file.content)).toBe(true);
      expect(reading.before).toMatchObject({ kind: 'file', size: file.content.length, ...file.attributes });
      expect(reading.after).toMatchObject(reading.before);
    }
    const less = wanted.map((one) => ({ ...one, size: 5 }));
    expect((await tree.readMany(less)).map((one) => (one as Reading).content.length)).toEqual(
      files.map(({ content }) => Math.min(5, content.length)),
    );
    const hashes = await tree.hashMany(wanted);
    for (const [at, hash] of hashes.entries()) {
      if (hash) expect(hash).toBe(createHash('sha256').update(files[at]!.content).digest('hex'));
    }
  });

  it('refuses to write over what is there, and names outside its root, in a batch too', async () => {
    const attributes = { mode: 0o644, mtime: 1000 };
    await tree.makeDirectory(path('taken'));
    const files = ['1', '2', '3', '4', '5'].map((one) => ({
      path: path(`taken/${one}`),
      content: path('new'),
      attributes,
    }));
    await tree.write(path('taken/4'), 0, path('old'), { create: true });
    const problems = await tree.writeMany(files.slice(3, 4));
    expect(problems).toMatchObject([{ name: 'ObjectProblem' }]);
    expect((await tree.read(path('taken/4'), 0, 9)).content.toString()).toBe('old');
    for (const outside of ['../x', '/etc/x', 'taken/../../x']) {
      const both = [...files.slice(0, 4), { path: path(outside), content: path('x'), attributes }];
      const refused = { name: 'ObjectProblem' };
      expect((await tree.readMany(both.map((one) => ({ ...one, size: 1 })))).at(-1)).toMatchObject(refused);
      expect((await tree.writeMany(both.slice(-1))).at(-1)).toMatchObject(refused);
      expect(await tree.hashMany([{ path: path(outside), size: 1 }])).toEqual([undefined]);
    }
  });

  it('lists hundreds of entries, each once', async () => {
    await tree.makeDirectory(path('many'));
    const names = Array.from({ length: 350 }, (_, at) => `f${at}`);
    await Promise.all(
      names.map((one) => tree.write(path(`many/${one}`), 0, Buffer.from(one), { create: true })),
    );
    expect([...(await listed('many')).keys()].sort()).toEqual([...names].sort());
  });

  it('never leaves its root', async () => {
    for (const outside of ['..', '../x', 'd/../../x', '/etc/passwd', 'd//x', 'a\0b', 'd/.']) {
      await expect((async () => tree.inspect(path(outside)))()).rejects.toMatchObject({
        name: 'ObjectProblem',
      });
    }
  });
});
