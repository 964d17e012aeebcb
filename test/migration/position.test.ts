import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { comparePositions, parentOf } from '../../functions/migration/position.ts';
import { MemoryTree } from '../../functions/migration/web/memory-tree.ts';
import { walk } from '../../functions/migration/web/walk.ts';

const name = fc
  .array(fc.constantFrom(0x21, 0x2d, 0x2e, 0x41, 0x7a, 0xe3, 0xff), { minLength: 1, maxLength: 2 })
  .map((bytes) => Buffer.from(bytes))
  .filter((bytes) => !['.', '..'].includes(bytes.toString()));
const paths = fc.uniqueArray(
  fc
    .array(name, { minLength: 1, maxLength: 4 })
    .map((parts) => parts.map((part) => part.toString('latin1')).join('/')),
  { maxLength: 25 },
);

async function treeOf(wanted: readonly string[]): Promise<MemoryTree> {
  const tree = new MemoryTree();
  const make = async (path: Buffer): Promise<void> => {
    if (path.length === 0) return;
    await make(parentOf(path));
    await tree.makeDirectory(path).catch(() => undefined);
  };
  for (const path of wanted) await make(Buffer.from(path, 'latin1'));
  return tree;
}

async function walked(tree: MemoryTree, after?: Buffer): Promise<Buffer[]> {
  const found: Buffer[] = [];
  for await (const { path } of walk(tree, after ? { after } : {})) found.push(path);
  return found;
}

describe('the order of an inventory', () => {
  it('is the one in which a walk finds things, and a walk goes on from any position', async () => {
    await fc.assert(
      fc.asyncProperty(paths, async (wanted) => {
        const tree = await treeOf(wanted);
        const all = await walked(tree);
        expect(all).toEqual([...all].sort(comparePositions));
        for (const [at, path] of all.entries()) expect(await walked(tree, path)).toEqual(all.slice(at + 1));
      }),
      { numRuns: 60 },
    );
  });

  it('lists a directory whole before what is below it, by bytes', async () => {
    const tree = await treeOf(['b/x', 'b-', 'a', 'b/x/y', 'z', 'b!']);
    expect((await walked(tree)).map(String)).toEqual(['a', 'b', 'b!', 'b-', 'z', 'b/x', 'b/x/y']);
  });
});
