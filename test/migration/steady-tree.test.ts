import { expect, it } from '@jest/globals';
import { TransientError } from '../../functions/case/errors.ts';
import type { FileTree } from '../../functions/migration/web/file-tree.ts';
import { MemoryTree } from '../../functions/migration/web/memory-tree.ts';
import { SteadyTree } from '../../functions/migration/web/steady-tree.ts';

const path = (text: string) => Buffer.from(text);
const attributes = { mode: 0o644, mtime: 1000 };

/** A tree that does what it is asked, once, and whose connection goes before it has said so. */
function losingAnswerTo(tree: MemoryTree, operation: 'rename' | 'remove' | 'write' | 'writeMany'): FileTree {
  const lost = async (work: Promise<unknown>): Promise<never> => {
    await work;
    throw new TransientError('the answer was lost');
  };
  return Object.assign(Object.create(tree) as MemoryTree, {
    rename: (...of: Parameters<FileTree['rename']>) => tree.rename(...of),
    remove: (at: Buffer) => tree.remove(at),
    write: (...of: Parameters<FileTree['write']>) => tree.write(...of),
    writeMany: (files: Parameters<FileTree['writeMany']>[0]) => tree.writeMany(files),
    close: async () => undefined,
    [operation]: (...of: never[]) => lost((tree[operation] as (...all: never[]) => Promise<unknown>)(...of)),
  });
}

async function steadyOver(tree: MemoryTree, operation: Parameters<typeof losingAnswerTo>[1]) {
  await tree.write(path('old'), 0, path('old'), { create: true });
  return new SteadyTree<FileTree>(losingAnswerTo(tree, operation), async () => tree, [1]);
}

const textOf = async (tree: MemoryTree, name: string) =>
  (await tree.read(path(name), 0, 100)).content.toString();

it('a rename whose answer was lost is done, and one that was not done is told', async () => {
  const tree = new MemoryTree();
  const steady = await steadyOver(tree, 'rename');
  await steady.rename(path('old'), path('new'));
  expect(await textOf(tree, 'new')).toBe('old');
  await expect(steady.rename(path('old'), path('other'))).rejects.toMatchObject({ reason: 'missing' });
  expect(await textOf(tree, 'new')).toBe('old');
});

it('a removal whose answer was lost is done, and a second one is told', async () => {
  const tree = new MemoryTree();
  const steady = await steadyOver(tree, 'remove');
  await steady.remove(path('old'));
  await expect(tree.inspect(path('old'))).rejects.toMatchObject({ reason: 'missing' });
  await expect(steady.remove(path('old'))).rejects.toMatchObject({ reason: 'missing' });
});

it('a file whose answer was lost is written once more, by itself and in a batch', async () => {
  for (const operation of ['write', 'writeMany'] as const) {
    const tree = new MemoryTree();
    const steady = await steadyOver(tree, operation);
    const content = path('content'.repeat(10_000));
    if (operation === 'write') await steady.write(path('f'), 0, content, { create: true, attributes });
    else expect(await steady.writeMany([{ path: path('f'), content, attributes }])).toEqual([undefined]);
    expect((await tree.read(path('f'), 0, 100_000)).content.equals(content)).toBe(true);
    expect(await tree.inspect(path('f'))).toMatchObject(attributes);
  }
});
