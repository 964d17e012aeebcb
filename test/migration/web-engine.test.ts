import { createHash, randomBytes } from 'node:crypto';
import { beforeEach, describe, expect, it, jest } from '@jest/globals';
import { TransientError } from '../../functions/case/errors.ts';
import { packBytes } from '../../functions/migration/chunk.ts';
import { ObjectProblem } from '../../functions/migration/object-problem.ts';
import { readProgress } from '../../functions/migration/progress.ts';
import { readSummary } from '../../functions/migration/summary.ts';
import { copyChunk } from '../../functions/migration/web/copy-chunk.ts';
import { MemoryTree } from '../../functions/migration/web/memory-tree.ts';
import { takeInventory } from '../../functions/migration/web/take-inventory.ts';
import { verifyTransfer } from '../../functions/migration/web/verify-transfer.ts';
import {
  chunksOf,
  copyAll,
  inventoryOf,
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

/** A tree in memory that counts what is read from it and does what a test wants in between. */
class WatchedTree extends MemoryTree {
  readonly reads: string[] = [];
  lists = 0;
  whenRead: (path: string, times: number) => Promise<void> | void = () => undefined;
  whenWritten: (path: string) => Promise<void> | void = () => undefined;

  override list(directory: Buffer) {
    this.lists += 1;
    return super.list(directory);
  }

  override async read(at: Buffer, start: number, length: number) {
    this.reads.push(at.toString());
    const reading = await super.read(at, start, length);
    await this.whenRead(at.toString(), this.reads.filter((one) => one === at.toString()).length);
    return { ...reading, after: await this.inspect(at) };
  }

  override async write(
    at: Buffer,
    ...rest: Parameters<MemoryTree['write']> extends [Buffer, ...infer R] ? R : never
  ) {
    await this.whenWritten(at.toString());
    return super.write(at, ...rest);
  }

  async put(name: string, content: Buffer | string, mtime = old): Promise<void> {
    const exists = await this.inspect(path(name)).catch(() => undefined);
    if (exists) await this.remove(path(name));
    await super.write(path(name), 0, Buffer.from(content as string), {
      create: true,
      attributes: { mode: 0o644, mtime },
    });
  }

  async text(name: string): Promise<string> {
    return (await super.read(path(name), 0, 1000)).content.toString();
  }
}

let source: WatchedTree;
let target: WatchedTree;
let job: TestJob;

beforeEach(async () => {
  source = new WatchedTree();
  target = new WatchedTree();
  job = jobOf(source, target);
  for (let number = 0; number < 40; number += 1) await source.put(`f${number}`, randomBytes(1000 + number));
});

/** Time for so many looks at the clock, then none. */
function looks(count: number): () => number {
  let left = count;
  return () => {
    left -= 1;
    return left >= 0 ? 900_000 : 1000;
  };
}

describe('a retry', () => {
  it('delivers from the staged copy and leaves the source alone', async () => {
    target.whenWritten = (at) => {
      if (at.startsWith('.hikkoshi') && target.reads.length === 0 && source.reads.length >= 40) {
        throw new TransientError('the line to the target went');
      }
    };
    await expect(copyAll(job)).rejects.toMatchObject({ name: 'TransientError' });
    expect(source.reads).toHaveLength(40);
    target.whenWritten = () => undefined;
    await copyAll(job);
    expect(source.reads).toHaveLength(40);
    expect(await verified(job)).toMatchObject({ moved: 40, unexplained: 0 });
    expect(source.lists).toBe(2); // the inventory, and the comparison at the end
  });

  it('reads again what was staged and is damaged, and delivers nothing of it', async () => {
    const chunks = await chunksOf(job);
    target.whenWritten = () => {
      throw new TransientError('later');
    };
    await expect(copyChunk(job, chunks[0]!)).rejects.toThrow('later');
    const [key] = [...job.objects.stored.keys()].filter((one) => one.includes('/staged/'));
    const damaged = Buffer.from(job.objects.stored.get(key!)!);
    damaged[500]! ^= 1;
    job.objects.stored.set(key!, damaged);
    target.whenWritten = () => undefined;
    await copyAll(job);
    expect(source.reads).toHaveLength(80);
    expect(await verified(job)).toMatchObject({ moved: 40, unexplained: 0 });
  });

  it('of the same chunk, even at once, is harmless', async () => {
    await source.put('large', randomBytes(2 * packBytes + 5));
    for (const chunk of await chunksOf(job)) {
      await Promise.all([copyChunk(job, chunk), copyChunk(job, chunk), copyChunk({ ...job }, chunk)]);
      await copyChunk(job, chunk);
    }
    expect(await verified(job)).toMatchObject({ objects: 41, moved: 41, unexplained: 0 });
    expect((await reportOf(job)).map((line) => line.result)).toEqual([]);
    const found = new Set<string>();
    for await (const batch of target.list(path(''))) for (const { name } of batch) found.add(name.toString());
    expect(found.size).toBe(41);
  });
});

describe('a large file whose temporary name two attempts share', () => {
  it.each(['setAttributes', 'rename'] as const)(
    'is moved, though the other one comes first before %s',
    async (step) => {
      await source.put('large', randomBytes(packBytes + 5));
      let met = 0;
      const other = async (temporary: Buffer) => {
        if (!temporary.toString().startsWith('.hikkoshi-') || met++ > 0) return;
        await MemoryTree.prototype.setAttributes.call(target, temporary, { mode: 0o644, mtime: old });
        await MemoryTree.prototype.rename.call(target, temporary, path('large'));
      };
      const chunks = await chunksOf(job);
      if (step === 'rename') {
        target.rename = async (from, to) => {
          if (to.toString() === 'large') await other(from);
          return MemoryTree.prototype.rename.call(target, from, to);
        };
      } else {
        target.setAttributes = async (at, attributes) => {
          await other(at);
          return MemoryTree.prototype.setAttributes.call(target, at, attributes);
        };
      }
      for (const chunk of chunks) await copyChunk(job, chunk);
      expect(await verified(job)).toMatchObject({ moved: 41, skipped: 0, unexplained: 0 });
      expect(met).toBeGreaterThan(0);
    },
  );
});

describe('when time runs short', () => {
  it('every step stops, asks to be called again, and loses nothing', async () => {
    for (let directory = 0; directory < 30; directory += 1) {
      await source.makeDirectory(path(`d${directory}`));
      for (let file = 0; file < 40; file += 1)
        await source.put(`d${directory}/${file}`, `${directory} ${file}`);
    }
    await source.put('large', randomBytes(3 * packBytes + 1));
    let calls = 0;
    const short = () => {
      calls += 1;
      return { ...job, remaining: looks(2) };
    };
    for (;;) if (!(await takeInventory(short())).more) break;
    const inventory = calls;
    for (const chunk of await chunksOf(job)) for (;;) if (!(await copyChunk(short(), chunk)).more) break;
    const copies = calls - inventory;
    expect(source.reads.filter((one) => one === 'large')).toHaveLength(4);
    for (;;) if (!(await verifyTransfer(short())).more) break;
    expect(inventory).toBeGreaterThan(1);
    expect(copies).toBeGreaterThan(4);
    expect(calls - inventory - copies).toBeGreaterThan(3);
    const ledger = await ledgerOf(job);
    expect(await verified(job)).toMatchObject({ objects: 1271, moved: 1271, unexplained: 0 });
    expect(ledger.size).toBe(1271);
    expect(await reportOf(job)).toEqual([]);
  });

  it('a source that is too slow for anything is given up in the end', async () => {
    const [chunk] = await chunksOf(job);
    source.whenRead = () => new Promise((resolve) => setTimeout(resolve, 200).unref());
    const hurried = { ...job, remaining: looks(1) };
    const call = () => copyChunk({ ...hurried, remaining: looks(1) }, chunk!);
    expect(await call()).toEqual({ more: true });
    expect(await call()).toEqual({ more: true });
    await expect(call()).rejects.toMatchObject({
      name: 'TerminalError',
      message: expect.stringContaining('遅すぎ'),
    });
  });
});

describe('a source that lives', () => {
  it('a file that changes while it is read is read once more, then left to the next run', async () => {
    source.whenRead = async (at, times) => {
      if (at === 'f1' && times === 1) await source.put('f1', 'second version', old + 1);
      if (at === 'f2') await source.put('f2', `version ${times}`, old + times);
    };
    expect(await transfer(job)).toMatchObject({ moved: 39, skipped: 1, unexplained: 0 });
    expect(await target.text('f1')).toBe('second version');
    expect((await ledgerOf(job)).get('f2')!.why).toContain('変更されました');
    source.whenRead = () => undefined;
    expect(await transfer(nextRun(job))).toMatchObject({ moved: 1, unchanged: 39, unexplained: 0 });
    expect(await target.text('f2')).toBe('version 2');
  });

  it('what vanishes, grows, or may not be read is accounted for', async () => {
    await inventoryOf(job);
    await source.remove(path('f3'));
    await source.put('f4', Buffer.alloc(packBytes * 3));
    await source.put('f5', 'grown a little, which is fine'.repeat(100));
    source.whenRead = (at) => {
      if (at === 'f6') throw new ObjectProblem('denied', 'read');
    };
    expect(await transfer(job)).toMatchObject({ moved: 37, skipped: 3, unexplained: 0 });
    const ledger = await ledgerOf(job);
    expect(ledger.get('f3')!.why).toContain('なくなりました');
    expect(ledger.get('f4')!.why).toContain('変更されました');
    expect(ledger.get('f6')!.why).toContain('許可されていません');
    expect(ledger.get('f5')).toMatchObject({ outcome: 'moved', size: 2900 });
  });

  it('a large file that changes between its parts starts again, once', async () => {
    await source.put('large', Buffer.alloc(2 * packBytes + 5, 'a'));
    source.whenRead = async (at, times) => {
      if (at === 'large' && times === 2)
        await source.put('large', Buffer.alloc(2 * packBytes + 9, 'b'), old + 5);
    };
    expect(await transfer(job)).toMatchObject({ moved: 41, unexplained: 0 });
    const { content } = await target.read(path('large'), 0, 3 * packBytes);
    expect(content.equals(Buffer.alloc(2 * packBytes + 9, 'b'))).toBe(true);
    expect((await ledgerOf(job)).get('large')!.sha256).toBe(
      createHash('sha256').update(content).digest('hex'),
    );
  });

  it('what is new since the inventory or changed since the copy is reported, and for the next run', async () => {
    await copyAll(job);
    const soon = Math.floor(Date.now() / 1000) + 5;
    await source.put('session', 'new', soon);
    // Put back from a backup, or written by a server whose clock is behind: its time says nothing.
    await source.put('restored', 'new too', old);
    await source.put('f7', 'changed afterwards', soon);
    await source.remove(path('f8'));
    expect(await verified(job)).toMatchObject({ objects: 40, moved: 40, unexplained: 0 });
    expect((await readSummary(job.objects, job))?.remarks?.join()).toContain('2件');
    const report = (await reportOf(job)).map((line) => [line.result, line.path]);
    expect(report).toEqual([
      ['changed-at-source', './f7'],
      ['changed-at-source', './f8'],
      ['only-in-source', './restored'],
      ['only-in-source', './session'],
    ]);
    const second = nextRun(job);
    expect(await transfer(second)).toMatchObject({ objects: 41, moved: 3, unchanged: 38, unexplained: 0 });
    expect((await readSummary(job.objects, second))?.remarks).toEqual([
      expect.stringContaining('移行元にはないものが、移行先に1件あります'),
    ]);
    expect((await reportOf(second)).map((line) => [line.result, line.path])).toEqual([
      ['only-in-target', './f8'],
    ]);
  });

  it('a write within the second of the last read is not missed by the next run', async () => {
    const now = old + 1;
    const clock = jest.spyOn(Date, 'now').mockReturnValue(now * 1000 + 900);
    try {
      await source.put('fresh', 'one', now);
      await transfer(job);
      await source.put('fresh', 'two', now);
      const second = nextRun(job);
      clock.mockReturnValue((now + 60) * 1000);
      expect(await transfer(second)).toMatchObject({ moved: 1, unchanged: 40, unexplained: 0 });
      expect(await target.text('fresh')).toBe('two');
      expect(await transfer(nextRun(second))).toMatchObject({ moved: 0, unchanged: 41, unexplained: 0 });
    } finally {
      clock.mockRestore();
    }
  });

  it('nor where the clock of the source is behind', async () => {
    const theirs = Math.floor(Date.now() / 1000) - 601;
    await source.put('fresh', 'nil', theirs - 60);
    await source.put('ahead', 'by a wrong clock of long ago', theirs + 86_400);
    await takeInventory(job);
    await source.put('fresh', 'one', theirs);
    await transfer(job);
    await source.put('fresh', 'two', theirs);
    const second = nextRun(job);
    await transfer(second);
    expect(await target.text('fresh')).toBe('two');
  });

  it('nor one within the minute, where the server tells no seconds', async () => {
    const minute = old - (old % 60);
    const clock = jest.spyOn(Date, 'now').mockReturnValue((minute + 50) * 1000);
    try {
      await source.put('fresh', 'one', minute);
      await transfer(job);
      await source.put('fresh', 'two', minute);
      expect(await transfer(nextRun(job))).toMatchObject({ moved: 1, unchanged: 40, unexplained: 0 });
      expect(await target.text('fresh')).toBe('two');
    } finally {
      clock.mockRestore();
    }
  });
});

describe('the verification', () => {
  it('finds what was altered, lost or never copied, and the run repairs it when it is taken up again', async () => {
    await source.put('large', randomBytes(packBytes + 7));
    await copyAll(job);
    const before = await target.inspect(path('f10'));
    await target.remove(path('f10'));
    await target.write(path('f10'), 0, Buffer.alloc(before.size, 'x'), { create: true, attributes: before });
    await target.remove(path('f11'));
    await target.write(path('large'), packBytes, Buffer.from('!'), {
      create: false,
      attributes: await target.inspect(path('large')),
    });
    await source.put('smuggled', 'no line stands for this, and the run is taken up again', old);
    const part = [...job.objects.stored.keys()].find((key) => /\/ledger\/\d+\/0\.ndjson$/.test(key));
    expect(await verified(job)).toMatchObject({ objects: 41, moved: 38, unexplained: 3 });
    expect((await reportOf(job)).map((line) => [line.result, line.path]).sort()).toEqual([
      ['differs', './f10'],
      ['differs', './large'],
      ['missing', './f11'],
      ['only-in-source', './smuggled'],
    ]);
    expect(part).toBeDefined();
    expect(await transfer(job)).toMatchObject({ objects: 42, moved: 42, unexplained: 0 });
  });

  it('counts a pack without a part of the ledger as unexplained', async () => {
    await copyAll(job);
    const part = [...job.objects.stored.keys()].find((key) => /\/ledger\/\d+\/0\.ndjson$/.test(key));
    job.objects.stored.delete(part!);
    expect(await verified(job)).toMatchObject({ objects: 40, moved: 0, unexplained: 40 });
  });

  it('in full depth reads the source again, and what has not changed too', async () => {
    await transfer(job);
    const second = nextRun(job);
    await copyAll(second);
    const at = await target.inspect(path('f12'));
    await target.write(path('f12'), 0, Buffer.from('rot'), { create: false, attributes: at });
    source.reads.splice(0);
    expect(await verified(second, 'full')).toMatchObject({ unchanged: 39, unexplained: 1 });
    expect(source.reads).toHaveLength(39);
    const third = { ...nextRun(second), previousRun: 1 };
    await copyAll(third);
    await target.write(path('f12'), 0, (await source.read(path('f12'), 0, 3)).content, {
      create: false,
      attributes: at,
    });
    const same = await source.inspect(path('f13'));
    await source.remove(path('f13'));
    await source.write(path('f13'), 0, Buffer.alloc(same.size, 'z'), { create: true, attributes: same });
    expect(await verified(third, 'full')).toMatchObject({ unexplained: 1 });
  });

  it('removes what a crash left at the target, and nothing else that begins like it', async () => {
    await copyAll(job);
    await target.makeDirectory(path('d'));
    const ours = [...(await leftOver())];
    await target.write(path('.hikkoshi-other'), 0, path('x'), { create: true });
    await verified(job);
    for (const name of ours)
      await expect(target.inspect(path(name))).rejects.toMatchObject({ reason: 'missing' });
    expect((await target.inspect(path('.hikkoshi-other'))).kind).toBe('file');
  });

  /** Copies one chunk of the next run and dies before the rename. */
  async function leftOver(): Promise<string[]> {
    const names: string[] = [];
    await source.put('later', 'later');
    const second = jobOf(source, target);
    target.whenWritten = (at) => void names.push(at);
    target.rename = async () => {
      throw new TransientError('died');
    };
    await expect(copyAll(second)).rejects.toThrow('died');
    target.rename = MemoryTree.prototype.rename;
    target.whenWritten = () => undefined;
    return names.filter((name) => name.startsWith('.hikkoshi'));
  }
});

describe('a target that takes nothing', () => {
  it('is found out before the source is read', async () => {
    target.whenWritten = () => {
      throw new ObjectProblem('denied', 'write');
    };
    await expect(takeInventory(job)).rejects.toMatchObject({
      name: 'TerminalError',
      message: /書き込めません/,
    });
    expect(source.lists).toBe(0);
  });

  it('because it is full ends the run, keeps what has arrived, and the run goes on later', async () => {
    let written = 0;
    target.whenWritten = (at) => {
      if (at.startsWith('.hikkoshi') && ++written > 11) throw new ObjectProblem('full', 'write');
    };
    await expect(transfer(job)).rejects.toMatchObject({ name: 'TerminalError', message: /容量/ });
    target.whenWritten = () => undefined;
    expect(await transfer(job)).toMatchObject({ moved: 40, unexplained: 0 });
  });
});

describe('progress', () => {
  it('of a verification is told while it is at work: how many are compared, and how long the rest may take', async () => {
    for (let number = 0; number < 700; number += 1) await source.put(`g${number}`, 'x');
    await copyAll(job);
    let now = Date.now();
    const clock = jest.spyOn(Date, 'now').mockImplementation(() => now);
    try {
      let short = false;
      target.whenRead = () => {
        now += 1000;
        short = target.reads.length > 300;
      };
      target.reads.length = 0;
      const slow = { ...job, remaining: () => (short ? 1000 : 900_000) };
      expect(await verifyTransfer(slow)).toMatchObject({ more: true });
      const { phase, objects, secondsLeft } = await readProgress(job.objects, 'HK-1', 'web', 1);
      expect([phase, objects.total]).toEqual(['verify', 740]);
      expect(objects.done).toBeGreaterThan(500);
      expect(objects.done).toBeLessThan(740);
      // A second each, and there is one after the other.
      expect(secondsLeft).toBe(740 - objects.done);
    } finally {
      clock.mockRestore();
    }
  });

  it('goes from waiting to done, with counts that never shrink', async () => {
    const phase = async () => {
      const { phase: name, objects, bytes } = await readProgress(job.objects, 'HK-1', 'web', 1);
      return [name, objects.done, objects.total, bytes.total > 0];
    };
    expect(await phase()).toEqual(['waiting', 0, 0, false]);
    await inventoryOf(job);
    expect(await phase()).toEqual(['copy', 0, 40, true]);
    await copyAll(job);
    expect(await phase()).toEqual(['copy', 40, 40, true]);
    await verified(job);
    expect(await phase()).toEqual(['done', 40, 40, true]);
  });
});
