import { createHash } from 'node:crypto';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { packBytes } from '../../functions/migration/chunk.ts';
import { readSummary } from '../../functions/migration/summary.ts';
import type { WantedFile } from '../../functions/migration/web/file-tree.ts';
import { MemoryTree } from '../../functions/migration/web/memory-tree.ts';
import { verifyTransfer } from '../../functions/migration/web/verify-transfer.ts';
import {
  copyAll,
  jobOf,
  ledgerOf,
  nextRun,
  reportOf,
  type TestJob,
  transfer,
  verified,
} from './whole-transfer.ts';

const path = (text: string) => Buffer.from(text);
const old = 1_000_000_000;

/** A tree whose server computes hashes by itself, and that counts who asks for what. */
class HashingTree extends MemoryTree {
  reads: string[] = [];
  hashed: string[] = [];
  /** Files that its `sha256sum` cannot read. */
  unreadable = new Set<string>();

  override async read(at: Buffer, start: number, length: number) {
    this.reads.push(at.toString());
    return super.read(at, start, length);
  }

  override async hashMany(files: readonly WantedFile[]): Promise<(string | undefined)[]> {
    this.hashed.push(...files.map((file) => file.path.toString()));
    return Promise.all(
      files.map(async ({ path: at }) => {
        if (this.unreadable.has(at.toString())) return undefined;
        const { content } = await super.read(at, 0, Number.MAX_SAFE_INTEGER);
        return createHash('sha256').update(content).digest('hex');
      }),
    );
  }
}

let source: HashingTree;
let target: HashingTree;
let job: TestJob;

async function put(tree: MemoryTree, name: string, content: string | Buffer, mtime = old): Promise<void> {
  await tree.remove(path(name)).catch(() => undefined);
  const attributes = { mode: 0o644, mtime };
  await tree.write(path(name), 0, Buffer.from(content as string), { create: true, attributes });
}

/** Other content, and neither size nor time tells. */
async function corrupt(tree: MemoryTree, name: string, start = 0): Promise<void> {
  const attributes = await tree.inspect(path(name));
  await tree.write(path(name), start, Buffer.from('!'), { create: false, attributes });
}

function forget(): void {
  for (const tree of [source, target]) [tree.reads, tree.hashed] = [[], []];
}

beforeEach(async () => {
  [source, target] = [new HashingTree(), new HashingTree()];
  job = jobOf(source, target);
  for (let number = 0; number < 20; number += 1) await put(source, `f${number}`, `content ${number}`);
  await put(source, 'large', Buffer.alloc(packBytes + 9, 'l'));
});

describe('where servers hash by themselves', () => {
  it('both ends are hashed, and nothing is read to compare', async () => {
    await copyAll(job);
    forget();
    expect(await verified(job)).toMatchObject({ moved: 21, unexplained: 0 });
    expect([source.reads, target.reads]).toEqual([[], []]);
    expect([new Set(source.hashed).size, new Set(target.hashed).size]).toEqual([21, 21]);
  });

  it('what differs is found at either end', async () => {
    await copyAll(job);
    await corrupt(target, 'f3');
    await corrupt(target, 'large', packBytes);
    await corrupt(source, 'f4');
    expect(await verified(job)).toMatchObject({ moved: 18, unexplained: 3 });
    expect((await reportOf(job)).map((line) => [line.path, line.result]).sort()).toEqual([
      ['./f3', 'differs'],
      ['./f4', 'differs'],
      ['./large', 'differs'],
    ]);
  });

  it('what a server cannot hash is read', async () => {
    await copyAll(job);
    for (const name of ['f5', 'large']) target.unreadable.add(name);
    await corrupt(target, 'f5');
    forget();
    expect(await verified(job)).toMatchObject({ moved: 20, unexplained: 1 });
    expect(new Set(target.reads)).toEqual(new Set(['f5', 'large']));
  });

  it('what has not changed is hashed again in full depth only', async () => {
    await transfer(job);
    const second = nextRun(job);
    await copyAll(second);
    forget();
    expect(await verified(second)).toMatchObject({ unchanged: 21, unexplained: 0 });
    expect([source.hashed, target.hashed]).toEqual([[], []]);
    const third = { ...nextRun(second), previousRun: 1 };
    await copyAll(third);
    await corrupt(target, 'f6');
    expect(await verified({ ...third, depth: 'full' })).toMatchObject({ unchanged: 20, unexplained: 1 });
    expect(new Set(source.hashed).size).toBe(21);
  });

  it('a file too large for the time that is left is read part by part', async () => {
    await copyAll(job);
    forget();
    // 20.3 seconds: more than a step needs to end, and less than a slow server needs for the file besides.
    const short = { ...job, remaining: () => 20_300 };
    expect(await verifyTransfer(short)).toMatchObject({ more: false, moved: 21, unexplained: 0 });
    expect(target.hashed).not.toContain('large');
    expect(target.reads).toContain('large');
  });
});

describe('where no server hashes', () => {
  beforeEach(() => {
    for (const tree of [source, target]) tree.hashMany = async (files) => files.map(() => undefined);
  });

  it('both ends are read again, each file once', async () => {
    await copyAll(job);
    forget();
    expect(await verified(job)).toMatchObject({ moved: 21, unexplained: 0 });
    for (const { reads } of [source, target]) {
      expect([new Set(reads).size, reads.length]).toEqual([21, 22]); // the large one in two parts
    }
  });

  it('what differs is found at either end, in a large file too', async () => {
    await copyAll(job);
    await corrupt(target, 'f3');
    await corrupt(source, 'f4');
    await corrupt(source, 'large', packBytes);
    expect(await verified(job)).toMatchObject({ moved: 18, unexplained: 3 });
    const ledger = await ledgerOf(job);
    expect(['f3', 'f4', 'large'].map((name) => ledger.get(name)!.verified)).toEqual(Array(3).fill('differs'));
    expect(ledger.get('f4')!.remark).toContain('移行元の内容');
    // The run that is taken up again reads them anew, and all is well.
    expect(await transfer(job)).toMatchObject({ moved: 21, unexplained: 0 });
  });

  it('a source that is to be spared is not read', async () => {
    await copyAll(job);
    await corrupt(target, 'f3');
    forget();
    expect(await verified(job, 'sparing')).toMatchObject({ moved: 20, unexplained: 1 });
    expect([source.reads.length, new Set(target.reads).size]).toEqual([0, 21]);
  });

  it('what was not moved in this run is read again in full depth only', async () => {
    await transfer(job);
    const second = nextRun(job);
    await put(source, 'f9', 'another content', old + 1);
    await copyAll(second);
    forget();
    expect(await verified(second)).toMatchObject({ moved: 1, unchanged: 20, unexplained: 0 });
    expect([source.reads, target.reads]).toEqual([['f9'], ['f9']]);
  });

  it('what the source changed while it was read again is named and counted apart, and moves with the next run', async () => {
    await copyAll(job);
    const read = source.read.bind(source);
    const changes = new Map<string, () => Promise<void>>([
      ['f4', () => put(source, 'f4', 'changed since', old + 7)],
      ['f5', () => source.remove(path('f5'))],
      ['large', () => put(source, 'large', Buffer.alloc(packBytes + 9, 'm'), old + 7)],
    ]);
    source.read = async (at, start, length) => {
      await changes.get(at.toString())?.();
      changes.delete(at.toString());
      return read(at, start, length);
    };
    expect(await verified(job)).toMatchObject({ moved: 21, unexplained: 0 });
    expect(changes.size).toBe(0);
    expect((await reportOf(job)).map((line) => [line.path, line.result])).toEqual([
      ['./f4', 'changed-at-source'],
      ['./f5', 'changed-at-source'],
      ['./large', 'changed-at-source'],
    ]);
    expect((await readSummary(job.objects, job))?.remarks?.join()).toMatch(/変更または削除されたものが3件/);
    const second = nextRun(job);
    expect(await transfer(second)).toMatchObject({ objects: 20, moved: 2, unchanged: 18, unexplained: 0 });
    expect((await reportOf(second)).map((line) => [line.path, line.result])).toEqual([
      ['./f5', 'only-in-target'],
    ]);
  });

  it('what was written to within the second of its copy has changed, and is not a bad copy', async () => {
    // By the source's clock, which is ahead: whenever the copy is made, the file may have been written that very second.
    const now = Math.floor(Date.now() / 1000) + 3600;
    await put(source, 'busy', 'first', now);
    await copyAll(job);
    await put(source, 'busy', 'other', now);
    expect(await verified(job)).toMatchObject({ moved: 22, unexplained: 0 });
    expect((await reportOf(job)).map((line) => [line.path, line.result])).toEqual([
      ['./busy', 'changed-at-source'],
    ]);
    expect(await transfer(nextRun(job))).toMatchObject({ moved: 1, unchanged: 21, unexplained: 0 });
    expect((await target.read(path('busy'), 0, 9)).content.toString()).toBe('other');
  });
});

describe('where one piece takes longer than what a step needs to end', () => {
  /** Each read of the target costs seconds of a call's time; a call that outlives its time is killed. */
  class SlowTree extends HashingTree {
    left = 900_000;
    override async read(at: Buffer, start: number, length: number) {
      this.left -= 55_000;
      return super.read(at, start, length);
    }
  }

  it('none is begun that would not find the time, and large files are hashed to their end', async () => {
    const slow = new SlowTree();
    target = slow;
    await put(source, 'huge', Buffer.alloc(2 * packBytes + 9, 'h'));
    job = jobOf(source, slow, { remaining: () => slow.left });
    await copyAll(job);
    for (const name of ['huge', 'large']) target.unreadable.add(name);
    for (let calls = 1; ; calls += 1) {
      slow.left = 160_000;
      const { more, ...result } = await verifyTransfer(job);
      expect(slow.left).toBeGreaterThan(0);
      expect(calls).toBeLessThan(12);
      if (more) continue;
      expect(result).toMatchObject({ moved: 22, unexplained: 0 });
      return;
    }
  });
});

describe('the report', () => {
  it('tells a mode and a time that the target did not take, and another content is not hidden by them', async () => {
    const set = target.setAttributes.bind(target);
    const change = async (name: string, mode: number, mtime: number) => set(path(name), { mode, mtime });
    await copyAll(job);
    await change('f1', 0o600, old);
    await change('f2', 0o644, old + 5);
    await change('f3', 0o755, old + 5);
    await put(target, 'f4', 'content X', old + 5);
    expect(await verified(job)).toMatchObject({ moved: 17, altered: 3, unexplained: 1 });
    const told = (await reportOf(job)).map(({ path: name, result, remark }) => [name, result, remark]);
    expect(told).toEqual([
      ['./f1', 'altered', '権限が0644から0600に変更'],
      ['./f2', 'altered', '更新日時が変更'],
      ['./f3', 'altered', '権限が0644から0755に変更、更新日時が変更'],
      ['./f4', 'differs', '移行先の内容が異なります'],
    ]);
  });

  it('says of every object that is no plain match what it is: altered, left out, at one end only, changed since', async () => {
    await source.makeLink(path('far'), path('/etc/passwd'));
    await source.makeLink(path('absolute'), path('/memory/f1'));
    await put(target, 'theirs', 'was there before');
    await target.makeDirectory(path('their-directory'));
    await put(target, 'their-directory/x', 'x');
    await copyAll(job);
    const soon = Math.floor(Date.now() / 1000) + 5;
    await put(source, 'f2', 'changed since', soon);
    await put(source, 'new', 'new since', soon);
    await source.remove(path('f7'));
    await put(source, 'unknown', 'not in any list, and its time says nothing', old);
    await target.remove(path('f8'));
    const counts = await verified(job);
    expect(counts).toMatchObject({ objects: 23, moved: 20, altered: 1, skipped: 1, unexplained: 1 });
    expect((await reportOf(job)).map((line) => [line.path, line.result]).sort()).toEqual([
      ['./absolute', 'altered'],
      ['./f2', 'changed-at-source'],
      ['./f7', 'changed-at-source'],
      ['./f8', 'missing'],
      ['./far', 'skipped'],
      ['./new', 'only-in-source'],
      ['./their-directory', 'only-in-target'],
      ['./theirs', 'only-in-target'],
      ['./unknown', 'only-in-source'],
    ]);
    for (const line of await reportOf(job)) expect(line.remark).toBeTruthy();
    // What is not in the report and was not left out is a match.
    const matches = [...(await ledgerOf(job)).values()].filter(
      (line) => line.outcome === 'moved' && line.verified === 'match',
    );
    expect(matches).toHaveLength(20);
    expect((await target.inspect(path('their-directory/x'))).kind).toBe('file');
  });
});
