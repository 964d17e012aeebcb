import { beforeEach, describe, expect, it } from '@jest/globals';
import { digestReport } from '../../functions/migration/report-digest.ts';
import { readSummary } from '../../functions/migration/summary.ts';
import { dryRun } from '../../functions/migration/web/dry-run.ts';
import { MemoryTree } from '../../functions/migration/web/memory-tree.ts';
import { takeInventory } from '../../functions/migration/web/take-inventory.ts';
import { copyAll, inventoryOf, jobOf, nextRun, type TestJob, transfer } from './whole-transfer.ts';

const path = (text: string) => Buffer.from(text);
const old = 1_000_000_000;

/** Counts what is read from it and written to it. */
class CountingTree extends MemoryTree {
  reads = 0;
  written: string[] = [];

  override async read(...request: Parameters<MemoryTree['read']>) {
    this.reads += 1;
    return super.read(...request);
  }

  override async write(...request: Parameters<MemoryTree['write']>) {
    this.written.push(request[0].toString());
    return super.write(...request);
  }
}

let source: CountingTree;
let target: CountingTree;
let job: TestJob;

async function put(name: string, size: number, mtime = old): Promise<void> {
  await source.remove(path(name)).catch(() => undefined);
  const attributes = { mode: 0o644, mtime };
  await source.write(path(name), 0, Buffer.alloc(size, name), { create: true, attributes });
}

beforeEach(async () => {
  [source, target] = [new CountingTree(), new CountingTree()];
  job = jobOf(source, target);
  await source.makeDirectory(path('d'));
  for (let number = 0; number < 30; number += 1) await put(`d/f${number}`, 100);
  await put('large', 9_000_000);
  await source.makeLink(path('far'), path('/etc/passwd'));
  await source.makeLink(path('near'), path('large'));
});

async function foreseen(of: TestJob) {
  const ran = await dryRun(of);
  if (ran.more) throw new Error('time was short');
  return ran.forecast;
}

describe('a dry run', () => {
  it('says what would move, and neither reads nor writes a file', async () => {
    expect(await foreseen(job)).toMatchObject({
      all: { objects: 34, bytes: 9_003_000 },
      kinds: {
        file: { objects: 31, bytes: 9_003_000 },
        directory: { objects: 1, bytes: 0 },
        symlink: { objects: 2, bytes: 0 },
      },
      new: { objects: 33, bytes: 9_003_000 },
      changed: { objects: 0 },
      unchanged: { objects: 0 },
      skipped: { objects: 1 },
      reasons: [{ why: 'リンク先が移行対象のフォルダの外です', objects: 1, examples: [{ path: './far' }] }],
      bytesToRead: 9_003_000,
      // The large file stands by itself in the middle of the list.
      chunks: 3,
    });
    expect(source.reads).toBe(0);
    expect(target.written.filter((name) => !name.startsWith('.hikkoshi-'))).toEqual([]);
    for await (const batch of target.list(path(''))) expect(batch).toEqual([]);
  });

  it('is forgotten: the run itself lists the source again, and moves what has come since', async () => {
    await foreseen(job);
    await put('later', 5);
    expect(await transfer(job)).toMatchObject({ objects: 35, moved: 34, skipped: 1, unexplained: 0 });
  });

  it('of a delta tells new, changed, unchanged and gone apart', async () => {
    await transfer(job);
    await put('d/f3', 200, old + 60);
    await put('new', 7);
    await source.remove(path('d/f4'));
    expect(await foreseen(nextRun(job))).toMatchObject({
      all: { objects: 34 },
      new: { objects: 1, bytes: 7 },
      changed: { objects: 1, bytes: 200 },
      unchanged: { objects: 31 },
      skipped: { objects: 1 },
      gone: { objects: 1, bytes: 100 },
      named: { new: [{ path: './new' }], changed: [{ path: './d/f3' }], gone: [{ path: './d/f4' }] },
      bytesToRead: 207,
    });
    const second = nextRun(job);
    expect(await transfer(second)).toMatchObject({ moved: 2, unchanged: 31, skipped: 1 });
    // What was deleted stays, and people are told of it, by each run that follows.
    for (const run of [second, nextRun(second)]) {
      await transfer(run);
      expect((await readSummary(run.objects, run))!.remarks!.join()).toContain('移行先に1件あります');
    }
  });

  it('names no more than a page shows', async () => {
    for (let number = 0; number < 70; number += 1) await put(`e${number}`, 1);
    const { named } = await foreseen(job);
    expect([named!.new.length, named!.changed.length]).toEqual([50, 0]);
  });

  it('leaves a run alone that has its plan', async () => {
    await inventoryOf(job);
    expect(await foreseen(job)).toMatchObject({ new: { objects: 33 } });
    expect(await copyAll(job)).toBeGreaterThan(1);
    expect(await transfer(job)).toMatchObject({ moved: 33, unexplained: 0 });
  });

  it('goes on where time ran short', async () => {
    expect(await dryRun({ ...job, remaining: () => 1000 })).toMatchObject({ more: true });
    expect(await foreseen(job)).toMatchObject({ all: { objects: 34 } });
    expect(await takeInventory(job)).toMatchObject({ more: false, objects: 34 });
  });
});

describe('the digest of a report', () => {
  it('counts each result and keeps the first of them', async () => {
    expect(await digestReport(job.objects, job)).toBeUndefined();
    for (let number = 0; number < 60; number += 1) {
      await target.write(path(`theirs${number}`), 0, path('x'), { create: true });
    }
    await transfer(job);
    const digest = (await digestReport(job.objects, job))!;
    expect(digest.complete).toBe(true);
    expect(
      digest.results.map(({ result, objects, examples }) => [result, objects, examples.length]).sort(),
    ).toEqual([
      ['only-in-target', 60, 50],
      ['skipped', 1, 1],
    ]);
  });
});
