import { beforeEach, describe, expect, it } from '@jest/globals';
import { packBytes } from '../../functions/migration/chunk.ts';
import { ObjectProblem, type ProblemReason } from '../../functions/migration/object-problem.ts';
import { MemoryTree } from '../../functions/migration/web/memory-tree.ts';
import { jobOf, ledgerOf, nextRun, type TestJob, transfer } from './whole-transfer.ts';

const path = (text: string) => Buffer.from(text);

let source: MemoryTree;
let target: MemoryTree;
let job: TestJob;

beforeEach(async () => {
  source = new MemoryTree();
  target = new MemoryTree();
  job = jobOf(source, target);
  await source.write(path('good'), 0, path('good'), { create: true });
  await source.write(path('bad'), 0, path('content of the bad one'), { create: true });
});

/** The target fails to rename to `bad`. */
function refuseRename(reason: ProblemReason, before: (temporary: Buffer) => Promise<void> = async () => {}) {
  target.rename = async (from, to) => {
    if (to.toString() !== 'bad') return MemoryTree.prototype.rename.call(target, from, to);
    await before(from);
    throw new ObjectProblem(reason, 'rename');
  };
}

async function whyBad(): Promise<string | undefined> {
  expect(await transfer(job)).toMatchObject({ moved: 1, skipped: 1, unexplained: 0 });
  return (await ledgerOf(job)).get('bad')!.why;
}

describe('why a file is not put in its place', () => {
  it('permission', async () => {
    refuseRename('denied');
    expect(await whyBad()).toContain('許可されていません');
  });

  it('the name', async () => {
    refuseRename('missing');
    expect(await whyBad()).toContain('この名前は移行先で使えません');
  });

  it('what was written has gone meanwhile', async () => {
    refuseRename('missing', (temporary) => target.remove(temporary));
    expect(await whyBad()).toContain('なくなりました');
  });

  it('a file that cannot be replaced', async () => {
    await target.write(path('bad'), 0, path('there'), { create: true });
    refuseRename('failed');
    expect(await whyBad()).toContain('置き換えられません');
  });
});

describe('a write that fails without a reason', () => {
  function failWrites(isFailing: (content: Buffer) => boolean) {
    target.write = async (at, start, content, options) => {
      if (isFailing(content)) throw new ObjectProblem('failed', 'write');
      return MemoryTree.prototype.write.call(target, at, start, content, options);
    };
  }

  it('leaves the one file out as long as the target takes others, and it is tried again', async () => {
    failWrites((content) => content.includes('bad'));
    expect(await whyBad()).toContain('書き込みに失敗しました');
    target.write = MemoryTree.prototype.write;
    expect(await transfer(nextRun(job))).toMatchObject({ moved: 1, unchanged: 1, unexplained: 0 });
  });

  it('and so of a large file', async () => {
    await source.write(path('bad'), 0, Buffer.alloc(packBytes + 1, 'bad'), { create: false });
    failWrites((content) => content.includes('bad'));
    expect(await whyBad()).toContain('書き込みに失敗しました');
  });

  it('ends the run where the target takes nothing any more', async () => {
    let written = 0;
    failWrites(() => ++written > 1);
    await expect(transfer(job)).rejects.toMatchObject({ name: 'TerminalError', message: /容量/ });
  });
});
