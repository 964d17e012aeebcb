import { createHash } from 'node:crypto';
import {
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readForecast } from '../../functions/migration/forecast.ts';
import { encodeExactly } from '../../functions/migration/web/names/encodings.ts';
import { openWebTree, type WebTree } from '../../functions/migration/web/open-web-tree.ts';
import { hardLinksIn } from '../../functions/migration/web/sftp/directory.ts';
import { type OpenSshServer, startOpenSsh } from '../servers/openssh.ts';
import { jobOf, ledgerOf, nextRun, reportOf, type TestJob, transfer } from './whole-transfer.ts';

const cp932 = (text: string) => encodeExactly(text, 'cp932')!;
const bytes = (...parts: (string | Buffer)[]) =>
  Buffer.concat(parts.map((part) => Buffer.from(part as string)));

describe('what file systems hold, between two OpenSSH servers', () => {
  let from: OpenSshServer;
  let to: OpenSshServer;
  const trees: WebTree[] = [];

  beforeAll(async () => {
    [from, to] = [await startOpenSsh(), await startOpenSsh()];
  });

  afterAll(async () => {
    for (const tree of trees) await tree.close();
    await from.stop();
    await to.stop();
  });

  async function jobIn(name: string): Promise<{ source: string; target: string; job: TestJob }> {
    const [source, target] = [join(from.folder, name), join(to.folder, name)];
    const opened = [];
    for (const [server, root] of [
      [from, source],
      [to, target],
    ] as const) {
      mkdirSync(root);
      const policy = { allowedAddresses: ['127.0.0.0/8'], timeout: 10_000 };
      opened.push(await openWebTree({ protocol: 'sftp', ...server, root }, policy));
    }
    trees.push(...opened);
    return { source, target, job: jobOf(opened[0]!, opened[1]!) };
  }

  it('hard links become files of their own, and ledger, plan and summary say so', async () => {
    const { source, target, job } = await jobIn('links');
    writeFileSync(join(source, 'one'), 'the same file');
    linkSync(join(source, 'one'), join(source, 'two'));
    writeFileSync(join(source, 'alone'), 'alone');
    expect(await transfer(job)).toMatchObject({ objects: 3, moved: 1, altered: 2, unexplained: 0 });
    expect(statSync(join(target, 'one')).ino).not.toBe(statSync(join(target, 'two')).ino);
    expect(readFileSync(join(target, 'two')).toString()).toBe('the same file');
    expect((await ledgerOf(job)).get('one')).toMatchObject({
      hardLinks: 2,
      how: 'ハードリンク(2個の名前)を独立したファイルに変更',
    });
    const forecast = await readForecast(job.objects, job);
    expect(forecast).toMatchObject({ hardLinks: 2, new: { objects: 3 } });
    expect(forecast!.remarks.join()).toContain('ハードリンク');
    expect(await transfer(nextRun(job))).toMatchObject({ unchanged: 3, unexplained: 0 });
  });

  it('a sparse file arrives with its content and stays sparse', async () => {
    const { source, target, job } = await jobIn('sparse');
    for (const [name, size] of [
      ['small.img', 3_000_000],
      ['large.img', 60_000_000],
    ] as const) {
      writeFileSync(join(source, name), 'begins');
      truncateSync(join(source, name), size);
      const open = openSync(join(source, name), 'r+');
      writeSync(open, Buffer.from('in the middle'), 0, 13, size / 2);
    }
    expect(await transfer(job)).toMatchObject({ moved: 2, unexplained: 0 });
    for (const name of ['small.img', 'large.img']) {
      const [a, b] = [source, target].map((root) => readFileSync(join(root, name)));
      expect(hash(b!)).toBe(hash(a!));
      expect(statSync(join(target, name)).blocks * 512).toBeLessThan(1_000_000);
    }
  });

  it('names in CP932 are UTF-8 at the target, and what was there before is told apart', async () => {
    const { source, target, job } = await jobIn('names');
    const at = (root: string, ...names: (string | Buffer)[]) =>
      bytes(root, ...names.flatMap((name) => ['/', name]));
    mkdirSync(at(source, cp932('写真')));
    writeFileSync(at(source, cp932('写真'), cp932('表紙.jpg')), 'cover');
    writeFileSync(at(source, cp932('ﾌﾟﾛﾌｨｰﾙ.html')), 'profile');
    writeFileSync(at(source, cp932('あ'.repeat(100))), 'too long in UTF-8');
    symlinkSync(bytes(cp932('写真'), '/', cp932('表紙.jpg')), at(source, cp932('表')));
    writeFileSync(at(target, cp932('表紙.jpg')), 'put there by hand, with the old name');
    writeFileSync(join(target, 'ﾌﾟﾛﾌｨｰﾙ.html'), 'put there by hand, to be replaced');
    expect(await transfer(job)).toMatchObject({ objects: 5, altered: 4, skipped: 1, unexplained: 0 });
    expect(
      readdirSync(target, { encoding: 'buffer' })
        .map((name) => name.toString('latin1'))
        .sort(),
    ).toEqual(
      [bytes('写真'), bytes('表'), bytes('ﾌﾟﾛﾌｨｰﾙ.html'), cp932('表紙.jpg')]
        .map((name) => name.toString('latin1'))
        .sort(),
    );
    expect(readFileSync(join(target, '写真/表紙.jpg')).toString()).toBe('cover');
    expect(readlinkSync(join(target, '表'))).toBe('写真/表紙.jpg');
    expect(readFileSync(join(target, 'ﾌﾟﾛﾌｨｰﾙ.html')).toString()).toBe('profile');
    expect((await reportOf(job)).filter((line) => line.result === 'only-in-target')).toMatchObject([
      { pathBase64: cp932('表紙.jpg').toString('base64') },
    ]);
    expect(await transfer(nextRun(job))).toMatchObject({ unchanged: 4, skipped: 1, unexplained: 0 });
  });
});

const hash = (content: Buffer) => createHash('sha256').update(content).digest('hex');

describe('the link count of a long name', () => {
  it.each([
    ['-rw-r--r--    2 root     root            5 Nov 24 22:00 one', 2],
    ['-rw-r--r--+ 12 1000 1000 5 Nov 24 22:00 one', 12],
    ['-rw-r--r-- owner group 5 Nov 24 22:00 one', undefined],
    ['drwxr-xr-x 5 root root 5 Nov 24 22:00 d', undefined],
    ['-rw-r--r-- 99999999999999999999 x', undefined],
    ['', undefined],
  ])('%s', (longName, expected) => {
    expect(hardLinksIn(Buffer.from(longName))).toBe(expected);
  });
});
