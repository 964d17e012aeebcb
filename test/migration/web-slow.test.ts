import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { TransientError } from '../../functions/case/errors.ts';
import { packBytes } from '../../functions/migration/chunk.ts';
import { margin } from '../../functions/migration/job.ts';
import { ObjectProblem } from '../../functions/migration/object-problem.ts';
import { MemoryTree } from '../../functions/migration/web/memory-tree.ts';
import { takeInventory } from '../../functions/migration/web/take-inventory.ts';
import { copyAll, jobOf, type TestJob, transfer, verified } from './whole-transfer.ts';

const path = (text: string) => Buffer.from(text);

/** Each read takes so many milliseconds by the clock. */
class SlowTree extends MemoryTree {
  reads: string[] = [];
  whenRead: () => Promise<void> | void = () => undefined;

  override async read(at: Buffer, start: number, length: number) {
    clock += 100;
    this.reads.push(`${at}:${start}`);
    await this.whenRead();
    return super.read(at, start, length);
  }
}

let clock = 0;
let source: SlowTree;
let target: SlowTree;
let job: TestJob;

beforeEach(() => {
  source = new SlowTree();
  target = new SlowTree();
  job = jobOf(source, target);
  jest.spyOn(performance, 'now').mockImplementation(() => clock);
});

afterEach(() => void jest.restoreAllMocks());

describe('a directory that takes longer to list than a call lasts', () => {
  it('is given up after a few calls, with what to do, and what was listed before is kept', async () => {
    await source.write(path('first'), 0, path('x'), { create: true });
    await source.makeDirectory(path('huge'));
    const { list } = MemoryTree.prototype;
    let lists = 0;
    source.list = async function* (directory) {
      if (directory.toString() === 'huge') {
        lists += 1;
        await new Promise((resolve) => setTimeout(resolve, 300).unref());
      }
      yield* list.call(source, directory);
    };
    const call = () => takeInventory({ ...job, remaining: () => margin / 2 + 30 });
    for (let calls = 1; calls <= 3; calls += 1) expect(await call()).toEqual({ more: true, objects: 2 });
    await expect(call()).rejects.toMatchObject({
      name: 'TerminalError',
      message: expect.stringContaining('フォルダ'),
    });
    expect(lists).toBe(4);
    expect(await transfer(job)).toMatchObject({ objects: 2, moved: 2, unexplained: 0 });
  });
});

describe('a verification that dies', () => {
  it('has kept what it had compared half a minute before', async () => {
    for (let at = 0; at < 1600; at += 1) await source.write(path(`f${at}`), 0, path('x'), { create: true });
    await copyAll(job);
    let reads = 0;
    target.whenRead = () => {
      reads += 1;
      if (reads === 1300) throw new TransientError('died');
    };
    await expect(verified(job)).rejects.toThrow('died');
    target.whenRead = () => undefined;
    target.reads = [];
    expect(await verified(job)).toMatchObject({ moved: 1600, unexplained: 0 });
    expect(target.reads).toHaveLength(1600 - 1024);
  });
});

describe('a large file whose beginning is lost at the target', () => {
  it('is written again from the staged parts, and what is being read ahead is not read twice', async () => {
    await source.write(path('large'), 0, Buffer.alloc(2 * packBytes + 7, 'l'), { create: true });
    source.whenRead = () => new Promise((resolve) => setTimeout(resolve, 50).unref());
    let lost = false;
    target.write = async (at, start, content, options) => {
      if (start === packBytes && !lost) {
        lost = true;
        await target.remove(at);
        throw new ObjectProblem('missing', 'write');
      }
      return MemoryTree.prototype.write.call(target, at, start, content, options);
    };
    await copyAll(job);
    expect(lost).toBe(true);
    expect(source.reads).toEqual([0, 1, 2].map((part) => `large:${part * packBytes}`));
    expect(await verified(job)).toMatchObject({ moved: 1, unexplained: 0 });
  });
});
