import { beforeEach, describe, expect, it } from '@jest/globals';
import { TransientError } from '../../functions/case/errors.ts';
import { joinPath } from '../../functions/migration/position.ts';
import { MemoryTree } from '../../functions/migration/web/memory-tree.ts';
import { encodeExactly } from '../../functions/migration/web/names/encodings.ts';
import { temporaryFor } from '../../functions/migration/web/temporary-names.ts';
import { verifyTransfer } from '../../functions/migration/web/verify-transfer.ts';
import { copyAll, jobOf, reportOf, transfer, verified } from './whole-transfer.ts';

const path = (text: string) => Buffer.from(text);

let source: MemoryTree;
let target: MemoryTree;

beforeEach(() => {
  [source, target] = [new MemoryTree(), new MemoryTree()];
});

async function put(tree: MemoryTree, at: Buffer): Promise<void> {
  for (let end = at.indexOf(0x2f); end >= 0; end = at.indexOf(0x2f, end + 1))
    await tree.makeDirectory(at.subarray(0, end)).catch(() => undefined);
  await tree.write(at, 0, at, { create: true, attributes: { mode: 0o644, mtime: 1_000_000_000 } });
}

/** Files and directories by their names, in order. */
async function allOf(tree: MemoryTree, directory: Buffer = Buffer.alloc(0)): Promise<string[]> {
  const found: string[] = [];
  for await (const batch of tree.list(directory)) {
    for (const { name, attributes } of batch) {
      const at = joinPath(directory, name);
      found.push(at.toString());
      if (attributes.kind === 'directory') found.push(...(await allOf(tree, at)));
    }
  }
  return found.sort();
}

describe('what a run that was given up left below a directory that the source has no more', () => {
  it('is found and removed, however deep, and nothing else there is touched or told', async () => {
    await put(source, path('index.html'));
    for (const name of ['shop/a.html', 'shop/old/b.html', 'shop/old/deep/c.html'])
      await put(source, path(name));
    target.rename = async () => {
      throw new TransientError('died');
    };
    await expect(copyAll(jobOf(source, target))).rejects.toThrow('died');
    target.rename = MemoryTree.prototype.rename;
    const left = (await allOf(target)).filter((name) => name.includes('.hikkoshi-'));
    expect(left.filter((name) => name.startsWith('shop/'))).toHaveLength(3);
    const theirs = ['shop/old/theirs', 'shop/old/.hikkoshi-0123456789ab-0123456789abcdef'];
    for (const name of theirs) await put(target, path(name));
    const { mtime } = await target.inspect(path('shop/old'));

    const later = new MemoryTree();
    await put(later, path('index.html'));
    const job = jobOf(later, target);
    expect(await transfer(job)).toMatchObject({ moved: 1, unexplained: 0 });
    expect(await allOf(target)).toEqual(
      ['index.html', 'shop', 'shop/old', 'shop/old/deep', ...theirs].sort(),
    );
    expect((await target.inspect(path('shop/old'))).mtime).toBe(mtime);
    expect((await reportOf(job)).map((line) => [line.path, line.result])).toEqual([
      ['./shop', 'only-in-target'],
    ]);
  });

  it('is found in as many calls as it takes', async () => {
    await put(source, path('index.html'));
    for (const name of ['zoo', 'gone'])
      for (let number = 0; number < 1500; number += 1)
        await put(target, path(`${name}/d${number % 40}/f${number}`));
    const job = jobOf(source, target);
    const ours = ['gone/d7', 'zoo/d39'].map((directory) => temporaryFor(job, path(`${directory}/x`)));
    for (const at of ours) await put(target, at);
    await copyAll(job);
    let left = 0;
    let calls = 0;
    const short = { ...job, remaining: () => (--left >= 0 ? 900_000 : 1000) };
    for (let more = true; more; calls += 1) {
      left = 3;
      ({ more } = await verifyTransfer(short));
    }
    expect(calls).toBeGreaterThan(2);
    for (const at of ours) await expect(target.inspect(at)).rejects.toMatchObject({ reason: 'missing' });
    expect(await verified(job)).toMatchObject({ moved: 1, unexplained: 0 });
    expect((await reportOf(job)).map((line) => [line.path, line.result])).toEqual([
      ['./gone', 'only-in-target'],
      ['./zoo', 'only-in-target'],
    ]);
  });

  it('is found where names are converted on the way', async () => {
    await put(source, encodeExactly('会社案内.html', 'cp932')!);
    const job = jobOf(source, target);
    const theirs = path('店舗/一覧/表.html');
    await put(target, theirs);
    const ours = temporaryFor(job, theirs);
    await put(target, ours);
    expect(await transfer(job)).toMatchObject({ altered: 1, unexplained: 0 });
    expect(await allOf(target)).toEqual(['会社案内.html', '店舗', '店舗/一覧', theirs.toString()].sort());
    expect((await reportOf(job)).filter((line) => line.result === 'only-in-target')).toMatchObject([
      { path: './店舗' },
    ]);
  });
});
