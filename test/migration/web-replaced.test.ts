import { beforeEach, describe, expect, it } from '@jest/globals';
import { TransientError } from '../../functions/case/errors.ts';
import { packBytes } from '../../functions/migration/chunk.ts';
import { readSummary } from '../../functions/migration/summary.ts';
import { MemoryTree } from '../../functions/migration/web/memory-tree.ts';
import { copyAll, jobOf, ledgerOf, nextRun, reportOf, type TestJob, transfer } from './whole-transfer.ts';

const path = (text: string) => Buffer.from(text);
const old = 1_000_000_000;

/** Counts what is asked of it about single objects and directories. */
class AskedTree extends MemoryTree {
  asked: string[] = [];

  override list(directory: Buffer) {
    this.asked.push(`list ${directory}`);
    return super.list(directory);
  }

  override async inspect(at: Buffer, follow?: boolean) {
    this.asked.push(`inspect ${at}`);
    return super.inspect(at, follow);
  }
}

let source: MemoryTree;
let target: AskedTree;
let job: TestJob;

async function put(tree: MemoryTree, name: string, content: string | Buffer, mtime = old): Promise<void> {
  await tree.remove(path(name)).catch(() => undefined);
  const attributes = { mode: 0o644, mtime };
  await tree.write(path(name), 0, Buffer.from(content as string), { create: true, attributes });
}

async function replacedIn(run: TestJob): Promise<(string | undefined)[]> {
  const lines = (await reportOf(run)).filter((line) => line.result === 'replaced-at-target');
  return lines.map((line) => line.path);
}

beforeEach(async () => {
  source = new MemoryTree();
  target = new AskedTree();
  job = jobOf(source, target);
  for (const directory of ['many', 'few', 'new']) await source.makeDirectory(path(directory));
  for (const name of ['index.html', 'same', 'many/x', 'few/x', 'new/x'])
    await put(source, name, `new ${name}`);
  await source.makeLink(path('link'), path('same'));
});

describe('what stands at the target already', () => {
  it('and is replaced is in the ledger, the report and the remarks', async () => {
    for (const directory of ['many', 'few']) await target.makeDirectory(path(directory));
    for (let at = 0; at < 1500; at += 1) await put(target, `many/${at}`, 'there');
    for (let at = 0; at < 10; at += 1) await put(source, `few/${at}`, 'moves');
    await put(source, 'large', Buffer.alloc(packBytes + 1));
    for (const name of ['index.html', 'many/x', 'few/x', 'large']) await put(target, name, 'there');
    await put(target, 'same', 'new same');
    await target.makeLink(path('link'), path('index.html'));
    await transfer(job);
    const replaced = ['./index.html', './large', './link', './few/x', './many/x'];
    expect(await replacedIn(job)).toEqual(replaced);
    const marked = [...(await ledgerOf(job)).values()].filter((line) => line.replaced);
    expect(marked.map((line) => line.path)).toEqual(replaced);
    expect((await readSummary(job.objects, job))!.remarks!.join()).toContain('5件');
  });

  it('is not asked for where the directory was made on the way, and once where it was not', async () => {
    for (let at = 0; at < 10; at += 1) {
      await put(source, `new/${at}`, 'moves');
      await put(source, `few/${at}`, 'moves');
    }
    await target.makeDirectory(path('few'));
    await copyAll(job);
    expect(target.asked.filter((asked) => /new\/|list new/.test(asked))).toEqual([]);
    expect(target.asked.filter((asked) => /few\/|list few/.test(asked))).toEqual(['list few']);
  });

  it('because an attempt died after it had put files there is not taken for the customer’s', async () => {
    let renamed = 0;
    target.rename = async (from, to) => {
      renamed += 1;
      if (renamed > 3) throw new TransientError('died');
      return MemoryTree.prototype.rename.call(target, from, to);
    };
    await expect(copyAll(job)).rejects.toThrow('died');
    target.rename = MemoryTree.prototype.rename;
    expect(await transfer(job)).toMatchObject({ unexplained: 0 });
    expect(await replacedIn(job)).toEqual([]);
  });

  it('since the run before is replaced without a word, unless somebody has worked on it', async () => {
    await transfer(job);
    for (const name of ['index.html', 'few/x']) await put(source, name, 'changed at the source', old + 5);
    await source.remove(path('link'));
    await source.makeLink(path('link'), path('few/x'));
    await put(target, 'few/x', 'edited at the target', old + 3);
    const second = nextRun(job);
    expect(await transfer(second)).toMatchObject({ moved: 3, unexplained: 0 });
    expect(await replacedIn(second)).toEqual(['./few/x']);
    expect(await transfer(nextRun(second))).toMatchObject({ unchanged: 9, unexplained: 0 });
    expect(await replacedIn(nextRun(second))).toEqual([]);
  });
});
