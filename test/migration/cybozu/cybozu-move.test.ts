import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  linkSync,
  readFileSync,
  rmSync,
  statSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { WebAccess } from '../../../functions/case/access.ts';
import {
  RetryAfterError,
  TerminalError,
  TransientError,
  WindowClosedError,
} from '../../../functions/case/errors.ts';
import { readPlan } from '../../../functions/migration/plan-chunks.ts';
import { readProblem } from '../../../functions/migration/transfer-problem.ts';
import { openWebTree } from '../../../functions/migration/web/open-web-tree.ts';
import { startFaultyProxy } from '../../servers/faulty-proxy.ts';
import { type OpenSshServer, startOpenSsh } from '../../servers/openssh.ts';
import { MemoryObjects, MemoryVault } from '../memory-ports.ts';
import { install } from './installation.ts';
import { caseId, keptOpen, Move, type MoveOptions } from './move.ts';

const root = process.getuid?.() === 0;
/** Whose the product's data is at the target: somebody else than the log-in, where the tests may make it so. */
const product = root ? 65_534 : process.getuid!();

describe('a Cybozu move over OpenSSH', () => {
  let from: OpenSshServer;
  let to: OpenSshServer;
  let source: string;
  let target: string;
  let flag: string;
  let objects: MemoryObjects;
  const kept = keptOpen();

  beforeAll(async () => {
    [from, to] = [await startOpenSsh(), await startOpenSsh()];
    [source, target] = [join(from.folder, 'cbag'), join(to.folder, 'cbag')];
    flag = join(source, 'cb5/data/maint');
  });

  beforeEach(() => {
    install(source);
    install(target, { fresh: true });
    if (root) for (const path of ['cb5/data', 'cb5/file']) chownSync(join(target, path), product, product);
    objects = new MemoryObjects();
  });

  afterAll(async () => {
    await kept.close();
    await from.stop();
    await to.stop();
  });

  function accessTo({ host, port, user, privateKey, hostKey }: OpenSshServer, folder: string): WebAccess {
    return { protocol: 'sftp', host, port, user, privateKey, hostKey, root: folder } as WebAccess;
  }

  function prepared(more: Partial<MoveOptions> = {}): Promise<Move> {
    const ends = { source: accessTo(from, source), target: accessTo(to, target) };
    return new Move({ ...ends, open: kept.open, objects, vault: new MemoryVault(), ...more }).confide();
  }

  /** What differs between what moved and what arrived, owners aside. */
  function difference(): string[] {
    return ['data', 'file'].flatMap((directory) => {
      const ends = [`${source}/cb5/${directory}/`, `${target}/cb5/${directory}/`];
      const compared = execFileSync('rsync', [
        '-ainc',
        '--no-o',
        '--no-g',
        '--delete',
        '--exclude=/maint',
        ...ends,
      ]);
      return compared
        .toString()
        .split('\n')
        .filter((line) => line && !line.endsWith(' ./'));
    });
  }

  it('moves data and attachments, keeps what the target had, and opens the source again', async () => {
    const move = await prepared({ open: openWebTree });
    const summary = await move.whole();
    expect(summary).toMatchObject({ skipped: 0, unexplained: 0 });
    expect(difference()).toEqual([]);
    expect(existsSync(flag)).toBe(false);
    expect(existsSync(join(target, 'cb5/data/maint'))).toBe(false);
    const kept = join(target, `cb5/data.kept-${caseId}`);
    expect(readFileSync(join(kept, 'office.odbx'), 'utf8')).toBe('as installed');
    expect(existsSync(join(target, 'cb5/page/skin.css'))).toBe(true);
    expect(summary.remarks?.join('\n')).toMatch(/移行元 13件、移行先 13件です（一致）/);
    expect(summary.remarks?.join('\n')).toContain(`cb5/data.kept-${caseId}、cb5/file.kept-${caseId}`);
    expect(summary.remarks?.join('\n')).toContain('ライセンスの情報はデータに含まれる');
  });

  it('the source is closed while it is read', async () => {
    const move = await prepared();
    await move.copy();
    expect(readFileSync(flag, 'utf8')).toMatch(/^hikkoshi [0-9a-f]{32}\n$/);
    await move.verify();
    expect(existsSync(flag)).toBe(true);
    await move.release();
    expect(existsSync(flag)).toBe(false);
    await move.release();
  });

  it('gives everything to the owner of the installation', async () => {
    await (await prepared()).whole();
    for (const path of [
      'data',
      'data/office.odbx',
      'data/db/app_1.dbmx',
      'file/Bulletin/0/0.dat',
      'file/Cabinet',
    ]) {
      expect([path, statSync(join(target, 'cb5', path)).uid]).toEqual([path, product]);
    }
  });

  it('what the verification found to say is said beside what is told of the installation, once', async () => {
    linkSync(join(source, 'cb5/data/office.odbx'), join(source, 'cb5/data/office.link'));
    const move = await prepared();
    const { remarks } = await move.whole();
    expect(remarks!.filter((one) => one.includes('ハードリンク'))).toHaveLength(1);
    expect(remarks!.filter((one) => one.includes('添付ファイル'))).toHaveLength(1);
  });

  it('a second run moves what has changed since, and keeps what was moved aside', async () => {
    const move = await prepared();
    await move.whole();
    writeFileSync(join(source, 'cb5/data/office.odbx'), 'customers, and one more');
    writeFileSync(join(source, 'cb5/file/Bulletin/0/new.dat'), 'new');
    unlinkSync(join(source, 'cb5/file/Bulletin/1/1.dat'));
    const again = await move.whole();
    expect(again).toMatchObject({ run: 2, moved: 2, unexplained: 0 });
    expect(again.remarks?.join('\n')).toMatch(/移行元 13件、移行先 14件です（移行先だけにあるもの 1件/);
    expect(difference()).toEqual(['*deleting   Bulletin/1/1.dat']);
    expect(readFileSync(join(target, `cb5/data.kept-${caseId}/office.odbx`), 'utf8')).toBe('as installed');
    expect(existsSync(flag)).toBe(false);
  });

  it('a flag that was there before is not ours: it stays, and people are told', async () => {
    writeFileSync(flag, '');
    const summary = await (await prepared()).whole();
    expect(summary.unexplained).toBe(0);
    expect(readFileSync(flag, 'utf8')).toBe('');
    expect(summary.remarks?.join('\n')).toContain(
      '作業の前からメンテナンスの印（cb5/data/maint）がありました',
    );
    expect(existsSync(join(target, 'cb5/data/maint'))).toBe(false);
  });

  it('two calls at once set one flag and keep the target’s data once', async () => {
    const move = await prepared();
    await Promise.all([move.takeInventory(), move.takeInventory()]);
    expect(await move.whole()).toMatchObject({ unexplained: 0 });
    expect(readFileSync(join(target, `cb5/data.kept-${caseId}/office.odbx`), 'utf8')).toBe('as installed');
    expect(existsSync(flag)).toBe(false);
  });

  it('an installation that does not say its version is believed to be what the engineer saw', async () => {
    for (const end of [source, target]) rmSync(join(end, 'readme.txt'));
    const { remarks } = await (await prepared()).whole();
    expect(remarks![0]).toContain('10.8.5 です（サーバ上のファイルからは読み取れず、登録された版による）');
    expect(remarks!.join('\n')).toContain('フォルダの場所が移行元と移行先で異なります');
  });

  it('a flag of which a crash wrote only a part is ours', async () => {
    const move = await prepared();
    await move.takeInventory();
    writeFileSync(flag, 'hikko');
    await move.whole();
    expect(existsSync(flag)).toBe(false);
  });

  it('what is read in two periods does not pass as one: the run is planned anew, as a delta', async () => {
    const move = await prepared();
    await move.copy();
    await move.release();
    // The users are back for a moment.
    const written = 'customers, and one more';
    writeFileSync(join(source, 'cb5/data/office.odbx'), written);
    await expect(move.copyChunk(0)).rejects.toThrow(
      '移行元のメンテナンスの印（cb5/data/maint）が作業の途中でなくなりました',
    );
    await expect(move.verify()).rejects.toThrow(TerminalError);
    await move.takeInventory();
    // What has arrived is not read again, and all of it is verified.
    expect((await readPlan({ ...move.run, objects }))?.bytesToRead).toBe(written.length);
    const { objects: all, ...summary } = await move.whole();
    expect(summary).toMatchObject({ run: 1, moved: all, unexplained: 0 });
    expect(difference()).toEqual([]);
  });

  it('a count that the ledger does not explain ends the run', async () => {
    const move = await prepared();
    await move.copy();
    await move.verify();
    // Behind the verification's back.
    unlinkSync(join(target, 'cb5/file/Bulletin/0/0.dat'));
    await expect(move.verify()).rejects.toThrow(
      '添付ファイルの件数が合いません（移行元13件、移行先12件、対象外0件、移行先だけにあるもの0件）',
    );
    await move.release();
    expect(existsSync(flag)).toBe(false);
  });

  it('the end of the agreed hours ends the run, and the source is opened all the same', async () => {
    const move = await prepared();
    await move.takeInventory();
    move.now = new Date('2026-12-01T21:00:00Z');
    await expect(move.copyChunk(0)).rejects.toThrow(WindowClosedError);
    await move.release();
    expect(existsSync(flag)).toBe(false);
  });

  it('the customer’s hours end it too: a closed source does not wait for the next night', async () => {
    const facts = {
      copyHours: 'limited',
      copyFrom: '22:00',
      copyTo: '02:00',
      windowEndsAt: '2026-12-09T21:00:00.000Z',
    };
    const move = await prepared({ facts });
    await move.takeInventory();
    move.now = new Date('2026-12-01T18:00:00Z');
    await expect(move.copyChunk(0)).rejects.toThrow(WindowClosedError);
    expect(await readProblem(objects, move.run)).toMatchObject({
      message: expect.stringContaining('メンテナンスを解除します'),
    });
    await move.release();
    expect(existsSync(flag)).toBe(false);
    move.now = new Date('2026-12-02T14:00:00Z');
    expect(await move.whole()).toMatchObject({ unexplained: 0 });
  });

  it('a busy server is tried for minutes, not for days: the source is closed meanwhile', async () => {
    let busy = false;
    const move = await prepared({
      open: async (access, policy) => {
        if (busy) throw new RetryAfterError('混み合っています。', new Date());
        return kept.open(access, policy);
      },
    });
    busy = true;
    // Not closed yet: it may wait.
    await expect(move.takeInventory()).rejects.toThrow(RetryAfterError);
    busy = false;
    await move.takeInventory();
    busy = true;
    await expect(move.copyChunk(0)).rejects.toThrow(TransientError);
    await expect(move.release()).rejects.toThrow(TransientError);
    expect(await readProblem(objects, move.run)).toMatchObject({
      message: expect.stringContaining('メンテナンス状態のままです'),
    });
    busy = false;
    await move.release();
    expect(existsSync(flag)).toBe(false);
  });

  describe('is refused before anything is changed', () => {
    const refused = async (move: Promise<Move>, reason: string | RegExp) => {
      await expect((await move).takeInventory()).rejects.toThrow(reason);
      expect(existsSync(flag)).toBe(false);
      expect(existsSync(join(target, `cb5/data.kept-${caseId}`))).toBe(false);
    };

    it('where versions differ', async () => {
      const facts = { cybozuTargetVersion: '10.8.7' };
      await refused(prepared({ facts }), '移行元（10.8.5）と移行先（10.8.7）で異なるため、移行しません');
    });

    it('where the installation says another version than the engineer', async () => {
      install(target, { fresh: true, version: '10.8.7' });
      await refused(
        prepared(),
        '移行先のサイボウズの版が、登録（10.8.5）とサーバ上のファイル（10.8.7）で異なります',
      );
    });

    it('where courses differ', async () => {
      await refused(
        prepared({ facts: { cybozuTargetEdition: 'premium' } }),
        'コースが移行元（スタンダードコース）と移行先（プレミアムコース）で異なる',
      );
    });

    it('where the version is none that is known', async () => {
      const facts = { cybozuSourceVersion: '5.1.0', cybozuTargetVersion: '5.1.0' };
      await refused(prepared({ facts }), '「5.1.0」は自動では移行できません');
    });

    it('R10: where the target has no installation', async () => {
      rmSync(join(target, 'cb5'), { recursive: true });
      await refused(
        prepared(),
        /インストールされていません.*「サイボウズ®Office インストール作業」を別途お申し込みください/s,
      );
    });

    it('where the source’s folder is another', async () => {
      await refused(
        prepared({ source: accessTo(from, join(source, 'cb5')) }),
        'データ（cb5/data の .odbx ファイル）がありません',
      );
    });

    it('R8: for a Smile Server', async () => {
      const customer = { ...(await prepared()).case.customer, serverKind: 'smile' as const };
      await refused(prepared({ changes: { customer } }), 'スマイルサーバではサイボウズをご利用いただけない');
    });

    it('where nobody has confirmed that the services are stopped', async () => {
      await refused(prepared({ facts: { cybozuTargetStopped: false } }), '停止の確認が登録されていません');
    });
  });

  it('a flag that cannot be removed is told with its name, and the next call removes it', async () => {
    const move = await prepared();
    await move.takeInventory();
    const key = `temporary/${caseId}/cybozu/maintenance.json`;
    const stored = JSON.parse(objects.stored.get(key)!.toString());
    objects.stored.set(
      key,
      Buffer.from(JSON.stringify({ ...stored, place: { ...stored.place, root: `${source}/none` } })),
    );
    await expect(move.release()).rejects.toThrow(
      '移行元のサイボウズがメンテナンス状態のままです。メンテナンスの印（cb5/data/maint）',
    );
    expect(await readProblem(objects, move.run)).toMatchObject({ error: 'TerminalError' });
    objects.stored.set(key, Buffer.from(JSON.stringify(stored)));
    await move.release();
    expect(existsSync(flag)).toBe(false);
  });

  it('a source that is out of reach when the run ends is told of, and opened as soon as it is back', async () => {
    let proxy = await startFaultyProxy(from, () => undefined);
    const { port } = proxy;
    const move = await prepared({ source: { ...accessTo(from, source), port }, open: openWebTree });
    await move.takeInventory();
    await proxy.stop();
    for (const step of ['the copy', 'the copy again'] as const) {
      await expect(move.copyChunk(0)).rejects.toThrow('接続を拒否されました');
      await expect(move.release()).rejects.toThrow(TransientError);
      expect([step, existsSync(flag)]).toEqual([step, true]);
      expect(await readProblem(objects, move.run)).toMatchObject({
        message: expect.stringContaining('メンテナンス状態のままです。メンテナンスの印（cb5/data/maint）'),
      });
    }
    expect(await move.releaseForGood()).toContain(`${source}/cb5/data/maint を手で削除`);
    proxy = await startFaultyProxy(from, () => undefined, port);
    try {
      await move.release();
      expect(existsSync(flag)).toBe(false);
      expect(await move.whole()).toMatchObject({ unexplained: 0 });
      expect(existsSync(flag)).toBe(false);
    } finally {
      await proxy.stop();
    }
  });

  it('a flag that somebody has put in the place of ours is theirs, and stays', async () => {
    const move = await prepared();
    await move.takeInventory();
    writeFileSync(flag, 'maintenance by the administrator');
    await move.release();
    expect(readFileSync(flag, 'utf8')).toBe('maintenance by the administrator');
    unlinkSync(flag);
  });

  it('somebody who opens the source by hand in the middle stops the copy, and the next run makes up for it', async () => {
    const move = await prepared();
    await move.takeInventory();
    unlinkSync(flag);
    await expect(move.copyChunk(0)).rejects.toThrow('作業の途中でなくなりました');
    await move.release();
    writeFileSync(join(source, 'cb5/data/office.odbx'), 'written meanwhile');
    expect(await move.whole()).toMatchObject({ unexplained: 0 });
    expect(readFileSync(join(target, 'cb5/data/office.odbx'), 'utf8')).toBe('written meanwhile');
    expect(existsSync(flag)).toBe(false);
  });

  it('the folder that the survey found counts more than the customer’s', async () => {
    const elsewhere = accessTo(from, join(from.folder, 'not-there'));
    const found = { ...accessTo(to, target), sourceRoot: source };
    expect(await (await prepared({ source: elsewhere, target: found })).whole()).toMatchObject({
      unexplained: 0,
    });
    expect(existsSync(flag)).toBe(false);
  });

  it('an owner that the log-in may not give files to is refused, and the target is as it was', async () => {
    const plain = await startOpenSsh({ unprivileged: true });
    try {
      const folder = join(plain.folder, 'cbag');
      install(folder, { fresh: true });
      if (root) execFileSync('chown', ['-R', '65534:65534', folder]);
      const move = await prepared({ target: { ...accessTo(plain, folder), owner: { user: 0, group: 0 } } });
      await expect(move.takeInventory()).rejects.toThrow('データの所有者（0:0）のファイルを作成できません');
      expect(existsSync(join(folder, `cb5/data.kept-${caseId}`))).toBe(false);
      expect(existsSync(flag)).toBe(false);
    } finally {
      await plain.stop();
    }
  });

  it('a source that lets no flag be set is not moved, and stays as it is', async () => {
    const plain = await startOpenSsh({ unprivileged: true });
    try {
      const folder = join(plain.folder, 'cbag');
      install(folder);
      chmodSync(join(folder, 'cb5/data'), 0o555);
      const move = await prepared({ source: accessTo(plain, folder) });
      await expect(move.takeInventory()).rejects.toThrow(
        'メンテナンスの印（cb5/data/maint）を作成できません',
      );
      await move.release();
      expect(existsSync(join(folder, 'cb5/data/maint'))).toBe(false);
      chmodSync(join(folder, 'cb5/data'), 0o755);
    } finally {
      await plain.stop();
    }
  });

  it('the time of a directory of the source is not news', async () => {
    const move = await prepared();
    await move.whole();
    utimesSync(join(source, 'cb5/data'), 1_700_000_000, 1_700_000_000);
    expect(await move.whole()).toMatchObject({ moved: 0, unexplained: 0 });
  });
});
