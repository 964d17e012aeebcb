import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { NewFile, Reading } from '../../../functions/migration/web/file-tree.ts';
import { openWebTree, type WebTree } from '../../../functions/migration/web/open-web-tree.ts';
import { type OpenSshServer, startOpenSsh } from '../../servers/openssh.ts';
import { type ScriptedShell, startScriptedShell } from '../../servers/openssh-script.ts';

const open: (WebTree | OpenSshServer)[] = [];
const path = (name: string) => Buffer.from(name);
const attributes = { mode: 0o644, mtime: 1_000_000_000 };

afterEach(async () => {
  for (const one of open.splice(0).reverse()) await ('stop' in one ? one.stop() : one.close());
});

async function reach(server: OpenSshServer, timeout = 10_000) {
  const root = join(server.folder, 'www');
  mkdirSync(root);
  utimesSync(root, 1_000_000_000, 1_000_000_000);
  const tree = await openWebTree(
    { protocol: 'sftp', ...server, root },
    { allowedAddresses: ['127.0.0.0/8'], timeout },
  );
  open.push(server, tree);
  return { tree, root };
}

const scripted = async (of: ScriptedShell, timeout?: number) => reach(await startScriptedShell(of), timeout);

/** Ten files, 3 kB each. */
function fill(root: string) {
  return Array.from({ length: 10 }, (_, number) => {
    const content = randomBytes(3000);
    writeFileSync(join(root, `f${number}`), content);
    utimesSync(join(root, `f${number}`), 1_000_000_000, 1_000_000_000);
    return { path: path(`f${number}`), size: content.length, content };
  });
}

function newFiles(): NewFile[] {
  return Array.from({ length: 10 }, (_, number) => ({
    path: path(`n${number}`),
    content: randomBytes(5000 * number),
    attributes,
  }));
}

async function expectBatchesToWork(tree: WebTree, root: string) {
  const there = fill(root);
  const read = await tree.readMany(there);
  expect(read.map((one) => (one as Reading).content.equals(there.shift()!.content))).toEqual(
    Array.from({ length: 10 }, () => true),
  );
  const files = newFiles();
  expect(await tree.writeMany(files)).toEqual(files.map(() => undefined));
  for (const { path: at, content } of files) {
    expect(readFileSync(join(root, at.toString())).equals(content)).toBe(true);
  }
}

describe('whether a shell may be used', () => {
  it('is found out, and used for what it can', async () => {
    const { tree, root } = await scripted({});
    expect(await tree.hasShell?.()).toBe(true);
    const [hash] = await tree.hashMany(fill(root));
    expect(hash).toMatch(/^[0-9a-f]{64}$/);
    await expectBatchesToWork(tree, root);
  });

  it('and one log-in serves all batches', async () => {
    const begun = join(mkdtempSync(join(tmpdir(), 'begun-')), 'begun');
    const { tree, root } = await scripted({ before: `echo begun >> ${begun}` });
    await expectBatchesToWork(tree, root);
    expect(await tree.hashMany([{ path: path('n0'), size: 0 }])).toEqual([
      expect.stringMatching(/^e3b0c442/),
    ]);
    expect(readFileSync(begun, 'utf8')).toBe('begun\n');
    rmSync(dirname(begun), { recursive: true });
  });

  it.each<[string, ScriptedShell]>([
    ['one that prints on log-in', { before: 'echo "Welcome to web12"' }],
    ['one that refuses', { before: 'echo "This account is not available."; exit 1' }],
    ['one that ends well without doing anything', { before: 'exit 0' }],
    ['one without end', { before: 'while :; do echo noise; done' }],
    ['one that is killed', { before: 'kill -9 $$' }],
    ['one that sees another tree there', { programs: { stat: 'echo 1234567890 755' } }],
    ['one without sh', { without: ['sh'] }],
  ])('not %s', async (_, of) => {
    const { tree, root } = await scripted(of);
    expect(await tree.hasShell?.()).toBe(false);
    await expectBatchesToWork(tree, root);
  });

  it('not one that never answers', async () => {
    const { tree, root } = await scripted({ before: 'exec sleep 20' }, 3000);
    expect(await tree.hasShell?.()).toBe(false);
    await expectBatchesToWork(tree, root);
  });

  it('not where SFTP alone is allowed', async () => {
    const { tree, root } = await reach(await startOpenSsh());
    expect(await tree.hasShell?.()).toBe(false);
    expect(await tree.hashMany(fill(root))).toEqual(Array.from({ length: 10 }, () => undefined));
    await expectBatchesToWork(tree, root);
  });

  it('not for batches where head takes more than it gives', async () => {
    const { tree, root } = await scripted({ programs: { head: '/usr/bin/head "$@"; exec cat >/dev/null' } });
    expect(await tree.hashMany(fill(root))).toEqual(Array.from({ length: 10 }, () => undefined));
    await expectBatchesToWork(tree, root);
  });

  it.each([
    ['no tar', { without: ['tar'] }],
    ['another tar than GNU', { programs: { tar: 'echo "bsdtar 3.6.2"' } }],
  ])('only for hashes where there is %s', async (_, of) => {
    const { tree, root } = await scripted(of);
    await expectBatchesToWork(tree, root);
    expect((await tree.hashMany(fill(root))).every((hash) => hash?.length === 64)).toBe(true);
  });
});

const realTar = '/usr/bin/tar "$@"';
const version = '[ "$1" = --version ] && echo "tar (GNU tar) 1.34" && exit 0';

describe('reading through a tar that', () => {
  it('finds files changed and gone meanwhile: as they are now', async () => {
    const { tree, root } = await scripted({
      programs: { tar: `${version}; ${realTar}; echo more >> f3; rm f4; exit 1` },
    });
    const files = fill(root);
    const read = await tree.readMany(files);
    expect((read[2] as Reading).content).toEqual(files[2]!.content);
    expect((read[3] as Reading).before.size).toBe(3005);
    expect(read[4]).toMatchObject({ name: 'ObjectProblem', reason: 'missing' });
  });

  it('sees a file grow while it reads tells so by itself', async () => {
    const { tree, root } = await scripted({
      programs: {
        tar: `${version}; /usr/bin/tar --checkpoint=1 --checkpoint-action=exec='echo more >> f9' "$@"`,
      },
    });
    const files = fill(root);
    writeFileSync(join(root, 'f9'), Buffer.alloc(1_000_000, 'x'));
    const read = await tree.readMany(files.map((file) => ({ ...file, size: 1_000_000 })));
    const [last] = read.slice(-1) as [Reading];
    // Read again by SFTP, with its size as it is by now.
    expect(last.before.size).toBeGreaterThan(1_000_000);
  });

  it('is killed, or lies in any way: SFTP does it', async () => {
    const archives = [
      'exec /usr/bin/tar -cf - /etc/hostname',
      'exec /usr/bin/tar --transform "s,^,../," -cf - f0 f1',
      '/usr/bin/ln -f f0 hard; exec /usr/bin/tar --transform "s,^,./," -cf - f0 hard',
      'exec /usr/bin/tar -cf - ./f0 ./f0',
      '/usr/bin/head -c 100000 /dev/urandom',
      '/usr/bin/tar "$@" | /usr/bin/head -c 4000',
      'kill -9 $$',
      'exit 3',
      'exec cat /dev/zero',
    ];
    const { tree, root } = await scripted({ programs: { tar: `${version}; . ../how` } });
    const files = fill(root);
    const how = join(root, '..', 'how');
    for (const archive of archives) {
      writeFileSync(how, archive);
      await expectReadAsItIs(tree, files);
      // One that fails again and again would not be asked any more.
      writeFileSync(how, realTar);
      await expectReadAsItIs(tree, files);
    }
  });

  it('finds a file grown beyond all bounds: of it no more comes than was asked for', async () => {
    const { tree, root } = await scripted({ programs: { tar: `${version}; ${realTar} && : > ../whole` } });
    const files = fill(root);
    truncateSync(join(root, 'f9'), 400_000_000);
    const read = await tree.readMany(files);
    expect((read[9] as Reading).content.length).toBe(3000);
    expect((read[9] as Reading).before.size).toBe(400_000_000);
    expect(existsSync(join(root, '..', 'whole'))).toBe(false);
  });

  it('gives a link or another file in its place', async () => {
    const { tree, root } = await scripted({
      programs: { tar: `${version}; rm f1; /usr/bin/ln -s f0 f1; ${realTar}` },
    });
    const files = fill(root);
    const read = await tree.readMany(files);
    // As by SFTP, which opens what the link leads to.
    expect((read[1] as Reading).content).toEqual(files[0]!.content);
  });
});

async function expectReadAsItIs(tree: WebTree, files: { path: Buffer; size: number; content: Buffer }[]) {
  const read = await tree.readMany(files);
  for (const [index, file] of files.entries()) {
    expect((read[index] as Reading).content.equals(file.content)).toBe(true);
  }
}

it('a tar that hangs is waited for some times, and then let alone', async () => {
  const { tree, root } = await scripted(
    { programs: { tar: `${version}; echo begun >> ../begun; exec sleep 20` } },
    2000,
  );
  const files = fill(root);
  for (let batch = 0; batch < 5; batch += 1) await expectReadAsItIs(tree, files);
  expect(readFileSync(join(root, '..', 'begun'), 'utf8')).toBe('begun\n'.repeat(3));
});

it('a sha256sum that never ends tells nothing', async () => {
  const { tree, root } = await scripted({ programs: { sha256sum: 'exec cat /dev/zero' } });
  expect(await tree.hashMany(fill(root))).toEqual(Array.from({ length: 10 }, () => undefined));
});

describe('writing through a tar that', () => {
  it.each([
    ['is killed half-way', `/usr/bin/head -c 60000 | ${realTar} 2>/dev/null; kill -9 $$`],
    ['fails half-way', `/usr/bin/head -c 60000 | ${realTar} 2>/dev/null; exit 2`],
    ['does nothing, and says so', 'exit 2'],
  ])('%s: SFTP does it, and no part is left', async (_, does) => {
    const { tree, root } = await scripted({ programs: { tar: `${version}; ${does}` } });
    await expectBatchesToWork(tree, root);
    expect(readdirSync(root).sort()).toEqual(
      Array.from({ length: 20 }, (_, at) => `${at < 10 ? 'f' : 'n'}${at % 10}`),
    );
  });

  it('has no room left says so', async () => {
    const { tree, root } = await scripted({ always: "trap '' XFSZ; ulimit -f 20" });
    const files = newFiles();
    const problems = await tree.writeMany(files);
    expect(problems.slice(0, 3)).toEqual([undefined, undefined, undefined]);
    expect(problems.slice(3)).toEqual(
      problems.slice(3).map(() => expect.objectContaining({ reason: 'full' })),
    );
    expect(readFileSync(join(root, 'n2')).equals(files[2]!.content)).toBe(true);
  });

  it('never goes into another tree that the shell sees there', async () => {
    // The probe is deceived; the file that proves it is not.
    const { tree, root } = await scripted({
      before:
        'case "$SSH_ORIGINAL_COMMAND" in *proof*) exec /usr/bin/sed -u "1s,www,other," | sh -c "$SSH_ORIGINAL_COMMAND";; esac',
    });
    mkdirSync(join(root, '..', 'other'));
    utimesSync(join(root, '..', 'other'), 1_000_000_000, 1_000_000_000);
    expect(await tree.hasShell?.()).toBe(true);
    const files = newFiles();
    expect(await tree.writeMany(files)).toEqual(files.map(() => undefined));
    expect(readdirSync(join(root, '..', 'other'))).toEqual([]);
    expect(readdirSync(root)).toHaveLength(10);
  });

  it('gives modes and times, and no right too many', async () => {
    const { tree, root } = await scripted({ always: 'umask 077' });
    const modes = [0o444, 0o4755, 0o2750, 0o1777, 0o600, 0];
    const files = modes.map((mode) => ({
      path: path(`m${mode}`),
      content: path('x'),
      attributes: { mode, mtime: 1_234_567_890 },
    }));
    expect(await tree.writeMany(files)).toEqual(files.map(() => undefined));
    const seen = execFileSync('stat', ['-c', '%n %a %Y', ...modes.map((mode) => join(root, `m${mode}`))]);
    expect(seen.toString().trim().split('\n')).toEqual(
      modes.map((mode) => `${join(root, `m${mode}`)} ${mode.toString(8)} 1234567890`),
    );
  });
});

it('a hash is of the file as it is now, whatever its name', async () => {
  const { tree, root } = await scripted({});
  const names = ['-c', 'back\\slash', 'a b', '*', 'テスト'];
  for (const name of names) writeFileSync(join(root, name), name);
  const files = names.map((name) => ({ path: path(name), size: 10 }));
  const before = await tree.hashMany([...files, { path: path('none'), size: 1 }]);
  expect(before.pop()).toBeUndefined();
  for (const name of names) appendFileSync(join(root, name), '!');
  const after = await tree.hashMany(files);
  const real = execFileSync(
    'sha256sum',
    names.map((name) => join(root, name)),
  ).toString();
  expect(after).toEqual([...real.matchAll(/[0-9a-f]{64}/g)].map(String));
  expect(before.every((hash, at) => hash !== after[at])).toBe(true);
  rmSync(root, { recursive: true });
});
