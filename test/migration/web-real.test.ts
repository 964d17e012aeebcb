import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openWebTree } from '../../functions/migration/web/open-web-tree.ts';
import { type OpenSshServer, startOpenSsh } from '../servers/openssh.ts';
import { type ProftpdServer, startProftpd } from '../servers/proftpd.ts';
import { jobOf, ledgerOf, nextRun, transfer } from './whole-transfer.ts';

const policy = { allowedAddresses: ['127.0.0.0/8'], timeout: 10_000 };
const open = (server: OpenSshServer | ProftpdServer, root: string) =>
  openWebTree({ protocol: 'sftp', ...server, root }, policy);

describe('a web transfer where permissions bite', () => {
  let from: OpenSshServer;
  let to: OpenSshServer;

  beforeAll(async () => {
    [from, to] = [await startOpenSsh({ unprivileged: true }), await startOpenSsh({ unprivileged: true })];
  });

  afterAll(async () => {
    await from.stop();
    await to.stop();
  });

  it('leaves out what may not be read or written, says so, and moves the rest', async () => {
    const [source, target] = [join(from.folder, 'www'), join(to.folder, 'www')];
    for (const directory of [
      source,
      target,
      join(source, 'closed'),
      join(source, 'sub'),
      join(source, 'shut'),
      join(target, 'sub'),
    ]) {
      mkdirSync(directory);
      chownSync(directory, 65_534, 65_534);
    }
    for (const name of ['open.txt', 'secret.txt', 'closed/x', 'sub/y', 'shut/z'])
      writeFileSync(join(source, name), name);
    chmodSync(join(source, 'secret.txt'), 0o600);
    chmodSync(join(source, 'closed'), 0o700);
    chownSync(join(source, 'closed'), 0, 0);
    // Nobody may write to it at the target, its owner included: opened for the copy, closed again after it.
    chmodSync(join(source, 'shut'), 0o555);
    chownSync(join(target, 'sub'), 0, 0);
    chmodSync(join(target, 'sub'), 0o755);
    const [one, other] = [await open(from, source), await open(to, target)];
    const job = jobOf(one, other);
    expect(await transfer(job)).toMatchObject({ objects: 8, skipped: 3, unexplained: 0 });
    const ledger = await ledgerOf(job);
    expect(ledger.get('secret.txt')).toMatchObject({
      outcome: 'skipped',
      why: expect.stringContaining('移行元で読み取り'),
    });
    expect(ledger.get('closed/')).toMatchObject({
      outcome: 'skipped',
      why: expect.stringContaining('一覧が許可'),
    });
    expect(ledger.get('sub/y')).toMatchObject({
      outcome: 'skipped',
      why: expect.stringContaining('移行先で書き込み'),
    });
    expect(ledger.get('shut')).toMatchObject({ outcome: 'moved', mode: '0555' });
    expect(
      execFileSync('stat', ['-c', '%a', join(target, 'shut')])
        .toString()
        .trim(),
    ).toBe('555');
    writeFileSync(join(source, 'shut/z'), 'changed');
    utimesSync(join(source, 'shut/z'), 1000, 1000);
    chmodSync(join(source, 'secret.txt'), 0o644);
    const second = nextRun(job);
    expect(await transfer(second)).toMatchObject({ moved: 2, skipped: 2, unexplained: 0 });
    expect(readFileSync(join(target, 'shut/z'), 'utf8')).toBe('changed');
    expect(
      execFileSync('stat', ['-c', '%a', join(target, 'shut')])
        .toString()
        .trim(),
    ).toBe('555');
    await one.close();
    await other.close();
  });
});

describe('a web transfer between two ProFTPD servers, which follow links where they should not', () => {
  let from: ProftpdServer;
  let to: ProftpdServer;

  beforeAll(async () => {
    [from, to] = [await startProftpd(), await startProftpd()];
  });

  afterAll(async () => {
    await from.stop();
    await to.stop();
  });

  it('moves links as links and writes through none of them', async () => {
    const own = (...paths: string[]) => execFileSync('chown', ['-hR', '65534:65534', ...paths]);
    mkdirSync(join(from.home, 'd/e'), { recursive: true });
    writeFileSync(join(from.home, 'd/e/f'), 'content');
    writeFileSync(join(from.home, 'page'), 'page');
    writeFileSync(Buffer.concat([Buffer.from(`${from.home}/`), Buffer.from([0x83, 0x5c, 0x2e])]), 'cp932');
    for (const [name, aim] of [
      ['to-d', 'd'],
      ['d/up', '../page'],
      ['gone', 'nowhere'],
      ['out', '/etc'],
    ] as const) {
      symlinkSync(aim, join(from.home, name));
    }
    mkdirSync(join(to.folder, 'outside'));
    writeFileSync(join(to.folder, 'outside/kept'), 'kept');
    symlinkSync(join(to.folder, 'outside/kept'), join(to.home, 'page'));
    symlinkSync(join(to.folder, 'outside'), join(to.home, 'd'));
    own(from.home, to.home, join(to.folder, 'outside'));
    const [one, other] = [await open(from, from.home), await open(to, to.home)];
    const job = jobOf(one, other);
    const result = await transfer(job);
    const ledger = await ledgerOf(job);
    const skipped = [...ledger].filter(([, line]) => line.outcome === 'skipped').map(([name]) => name);
    // What is below `d` has a link in its way at the target; `out` leads out of the source.
    // The name in CP932 is converted.
    expect(skipped.sort()).toEqual(['d', 'd/e', 'd/e/f', 'd/up', 'out']);
    expect(result).toMatchObject({ objects: 9, moved: 3, altered: 1, skipped: 5, unexplained: 0 });
    expect(readFileSync(join(to.folder, 'outside/kept'), 'utf8')).toBe('kept');
    expect(execFileSync('ls', [join(to.folder, 'outside')]).toString()).toBe('kept\n');
    expect(readFileSync(join(to.home, 'page'), 'utf8')).toBe('page');
    expect(readlinkSync(join(to.home, 'to-d'))).toBe('d');
    execFileSync('rm', [join(to.home, 'd')]);
    expect(await transfer(nextRun(job))).toMatchObject({ moved: 4, skipped: 1, unexplained: 0 });
    expect(readlinkSync(join(to.home, 'd/up'))).toBe('../page');
    expect(readFileSync(join(to.home, 'd/e/f'), 'utf8')).toBe('content');
    await one.close();
    await other.close();
  });
});
