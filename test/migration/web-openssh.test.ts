import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  existsSync,
  lutimesSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readProgress } from '../../functions/migration/progress.ts';
import { openWebTree } from '../../functions/migration/web/open-web-tree.ts';
import { type OpenSshServer, startOpenSsh } from '../servers/openssh.ts';
import { jobOf, ledgerOf, nextRun, reportOf, type TestJob, transfer } from './whole-transfer.ts';

const cp932 = Buffer.from([0x83, 0x65, 0x83, 0x58, 0x83, 0x67, 0x2e, 0x74, 0x78, 0x74]);
const day = 86_400;

/** One after the other: a first run, what it left, a second one. */
describe('a web transfer between two OpenSSH servers', () => {
  let from: OpenSshServer;
  let to: OpenSshServer;
  let socket: Server;
  let job: TestJob;
  let source: string;
  let target: string;
  const at = (name: string | Buffer, root = target) =>
    Buffer.concat([Buffer.from(`${root}/`), Buffer.from(name)]);

  beforeAll(async () => {
    [from, to] = [await startOpenSsh(), await startOpenSsh()];
    [source, target] = [join(from.folder, 'www'), join(to.folder, 'www')];
    mkdirSync(source);
    mkdirSync(target);
    socket = await fill(source);
    writeFileSync(join(target, 'only-here.txt'), 'stays');
    writeFileSync(join(target, 'index.html'), 'the old page, to be replaced');
    job = jobOf(await open(from, source), await open(to, target));
  });

  afterAll(async () => {
    await job.source.close();
    await job.target.close();
    socket.close();
    await from.stop();
    await to.stop();
  });

  it('moves everything that can be moved and accounts for the rest', async () => {
    const result = await transfer(job);
    const ledger = await ledgerOf(job);
    expect(result).toMatchObject({
      objects: ledger.size,
      unexplained: 0,
      skipped: 5,
      altered: 1,
      unchanged: 0,
    });
    expect(result).toMatchObject({ moved: ledger.size - 6 });
    const skipped = [...ledger].filter(([, line]) => line.outcome === 'skipped').map(([name]) => name);
    expect(skipped.sort()).toEqual(['a\x1b[2Jb', 'fifo', 'links/far', 'links/up', 'socket']);
    for (const name of skipped) expect(ledger.get(name)!.why).toBeTruthy();
    expect(ledger.get('links/absolute')).toMatchObject({
      outcome: 'altered',
      how: expect.stringContaining('相対'),
    });
  });

  it('leaves the same bytes, modes and times at the target', () => {
    const compared = execFileSync('rsync', [
      ...['-ainc', '--omit-link-times', '--no-specials', '--exclude=/links/far', '--exclude=/links/up'],
      ...['--exclude=/links/absolute', '--exclude=a*b', `${source}/`, `${target}/`],
    ]).toString();
    expect(compared.split('\n').filter((line) => line && !/ \.\/$|^skipping non-regular/.test(line))).toEqual(
      [],
    );
    expect(readFileSync(at(cp932)).toString()).toBe('CP932');
    expect(statSync(join(target, 'private/mode')).mode & 0o7777).toBe(0o4750);
    expect(Math.floor(statSync(join(target, 'private')).mtimeMs / 1000)).toBe(3 * day);
    expect(readlinkSync(join(target, 'links/absolute'))).toBe('../index.html');
    expect(existsSync(join(target, 'links/far'))).toBe(false);
    expect(readFileSync(join(target, 'only-here.txt')).toString()).toBe('stays');
    expect(execFileSync('find', [target, '-name', '.hikkoshi*']).toString()).toBe('');
  });

  it('writes a ledger without an escape, a formula or a name that JSON cannot hold', () => {
    const text = job.objects.stored.get('records/HK-1/ledger/web/1.ndjson')!.toString();
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
    expect(text).not.toMatch(/:"[=+@-]/);
    expect(text).toContain(`"pathBase64":"${cp932.toString('base64')}"`);
    expect(text).toContain(`"path":"./=cmd|' -C calc'!A0"`);
    expect(
      text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line).sha256)
        .filter(Boolean),
    ).toHaveLength(12);
  });

  it('reports what is only at the target and says how far it is', async () => {
    const report = await reportOf(job);
    expect(report.filter((line) => line.result === 'only-in-target').map((line) => line.path)).toEqual([
      './only-here.txt',
    ]);
    const progress = await readProgress(job.objects, 'HK-1', 'web', 1);
    expect(progress.phase).toBe('done');
    expect(progress.objects.done).toBe(progress.objects.total);
    expect(progress.bytes.done).toBe(progress.bytes.total);
  });

  it('moves only what has changed the second time, and deletes nothing', async () => {
    appendFileSync(join(source, '日本語/ページ.html'), '追記');
    writeFileSync(join(source, 'new.txt'), 'new');
    rmSync(join(source, 'index.html'));
    chmodSync(join(source, 'large.bin'), 0o600);
    rmSync(join(source, 'links/inside'));
    symlinkSync('../日本語', join(source, 'links/inside'));
    const second = nextRun(job);
    const result = await transfer(second);
    const ledger = await ledgerOf(second);
    const moved = [...ledger].filter(([, line]) => line.outcome === 'moved').map(([name]) => name);
    expect(moved.sort()).toEqual(['large.bin', 'links/inside', 'new.txt', '日本語/ページ.html']);
    expect(result).toMatchObject({ moved: 4, unexplained: 0, skipped: 5, altered: 0 });
    expect(readFileSync(join(target, '日本語/ページ.html')).toString()).toMatch(/追記$/);
    expect(readlinkSync(join(target, 'links/inside'))).toBe('../日本語');
    expect(existsSync(join(target, 'index.html'))).toBe(true);
    expect((await reportOf(second)).filter((line) => line.result === 'only-in-target')).toHaveLength(2);
  });

  it('keeps what was edited at the target as long as the source is as it was', async () => {
    writeFileSync(join(target, 'new.txt'), 'edited at the target');
    utimesSync(join(target, 'new.txt'), 7 * day, 7 * day);
    rmSync(join(target, 'empty'));
    const third = { ...nextRun(job), run: 3, previousRun: 2 };
    const result = await transfer(third);
    expect(result).toMatchObject({ moved: 0, altered: 1, unexplained: 1 });
    expect(readFileSync(join(target, 'new.txt')).toString()).toBe('edited at the target');
    expect((await reportOf(third)).map((line) => [line.result, line.path])).toEqual(
      expect.arrayContaining([
        ['kept-at-target', './new.txt'],
        ['missing', './empty'],
      ]),
    );
    // Taken up again, the run repairs what could not be explained.
    expect(await transfer(third)).toMatchObject({ unexplained: 0, moved: 1, altered: 1 });
    expect(readFileSync(join(target, 'empty'))).toHaveLength(0);
    expect(readFileSync(join(target, 'new.txt')).toString()).toBe('edited at the target');
  });

  it('leaves nothing of the case behind after erasure', async () => {
    expect(await job.objects.deleteAll('temporary/HK-1/')).toBeGreaterThan(10);
    expect(await job.vault.erase('HK-1')).toBe(1);
    expect([...job.objects.stored.keys()].filter((key) => !key.startsWith('records/'))).toEqual([]);
  });
});

function open(server: OpenSshServer, root: string) {
  return openWebTree(
    { protocol: 'sftp', ...server, root },
    { allowedAddresses: ['127.0.0.0/8'], timeout: 10_000 },
  );
}

async function fill(root: string): Promise<Server> {
  const write = (name: string | Buffer, content: string | Buffer, mode = 0o644, mtime = day) => {
    const path = Buffer.concat([Buffer.from(`${root}/`), Buffer.from(name)]);
    writeFileSync(path, content);
    chmodSync(path, mode);
    utimesSync(path, mtime, mtime);
  };
  for (const directory of [
    '日本語',
    'か゛'.normalize('NFD'),
    'private',
    'links',
    'a',
    'a/b',
    'a/b/c',
    'none',
  ]) {
    mkdirSync(join(root, directory));
  }
  write('index.html', '<html>');
  write('日本語/ページ.html', '本文');
  write('ガ'.normalize('NFD'), 'decomposed');
  write('ガ'.normalize('NFC'), 'composed');
  write(cp932, 'CP932');
  write('empty', '');
  write("=cmd|' -C calc'!A0", 'formula', 0o600);
  write('direction\u202Egnp.exe', 'override');
  write('a\x1b[2Jb', 'escape');
  write('a/b/c/deep.php', '<?php', 0o444);
  write('private/mode', 'setuid', 0o4750);
  write('large.bin', Buffer.alloc(20_000_003, 'hikkoshi'), 0o640, 2 * day);
  write('.htaccess', 'Deny from all');
  symlinkSync('../index.html', join(root, 'links/inside'));
  symlinkSync(join(root, 'index.html'), join(root, 'links/absolute'));
  symlinkSync('/etc/passwd', join(root, 'links/far'));
  symlinkSync('../../..', join(root, 'links/up'));
  symlinkSync('nowhere', join(root, 'links/dangling'));
  symlinkSync('loop', join(root, 'links/loop'));
  symlinkSync('../a', join(root, 'links/directory'));
  lutimesSync(join(root, 'links/loop'), day, day);
  execFileSync('mkfifo', [join(root, 'fifo')]);
  chmodSync(join(root, 'private'), 0o711);
  chmodSync(join(root, 'a/b/c'), 0o555);
  for (const directory of ['private', 'a/b/c', 'a/b', 'a', 'links', 'none']) {
    utimesSync(join(root, directory), 3 * day, 3 * day);
  }
  const socket = createServer();
  await new Promise<void>((resolve) => socket.listen(join(root, 'socket'), resolve));
  return socket;
}
