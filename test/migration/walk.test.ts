import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { comparePositions } from '../../functions/migration/position.ts';
import { MemoryTree } from '../../functions/migration/web/memory-tree.ts';
import { walk } from '../../functions/migration/web/walk.ts';

const path = (name: string) => Buffer.from(name);

/** Far away: each listing takes a while. Knows how many are open at once, and which were asked for. */
class DistantTree extends MemoryTree {
  readonly asked: string[] = [];
  readonly becameLinks = new Set<string>();
  open = 0;
  mostOpen = 0;

  override async *list(directory: Buffer) {
    this.asked.push(directory.toString());
    this.open += 1;
    this.mostOpen = Math.max(this.mostOpen, this.open);
    try {
      await wait(2);
      yield* super.list(directory);
    } finally {
      this.open -= 1;
    }
  }

  override async inspect(at: Buffer, follow?: boolean) {
    const found = await super.inspect(at, follow);
    return this.becameLinks.has(at.toString()) ? { ...found, kind: 'symlink' as const } : found;
  }
}

async function planted(): Promise<DistantTree> {
  const tree = new DistantTree();
  for (const a of ['a', 'b', 'c', 'd'])
    for (const b of ['', '/one', '/two', '/two/x', '/two/x/y', '/two/x/y/z', '/two/z', '/ä']) {
      await tree.makeDirectory(path(`${a}${b}`));
      await tree.write(path(`${a}${b}/file`), 0, path('f'), { create: true });
    }
  return tree;
}

async function walked(...of: Parameters<typeof walk>): Promise<string[]> {
  const found: string[] = [];
  for await (const { path: at } of walk(...of)) found.push(at.toString());
  return found;
}

describe('a walk', () => {
  it('gives everything once, in order, and lists each directory once, many at a time', async () => {
    const tree = await planted();
    const all = await walked(tree);
    expect(all).toHaveLength(64);
    expect([...all].sort((a, b) => comparePositions(path(a), path(b)))).toEqual(all);
    expect(tree.asked).toHaveLength(33);
    expect(new Set(tree.asked).size).toBe(33);
    expect(tree.mostOpen).toBeGreaterThan(4);
    expect(tree.mostOpen).toBeLessThanOrEqual(17);
    expect(tree.open).toBe(0);
  });

  it('goes on from any position as if it had never stopped', async () => {
    const tree = await planted();
    const all = await walked(tree);
    for (const [at, after] of all.entries())
      expect(await walked(tree, { after: path(after) })).toEqual(all.slice(at + 1));
    expect(tree.open).toBe(0);
  });

  it('enters nothing that has become a link, and leaves no listing open when it ends early', async () => {
    const tree = await planted();
    tree.becameLinks.add('b/two');
    const all = await walked(tree);
    expect(all).toContain('b/two/');
    expect(all.filter((at) => at.startsWith('b/two/') && at !== 'b/two/')).toEqual([]);
    expect(all).toContain('d/two/x/y/z/file');
    expect(tree.open).toBe(0);
    for await (const found of walk(tree)) if (found.path.equals(path('b/file'))) break;
    expect(tree.open).toBe(0);
  });

  it('lists nothing below a directory that may not be entered', async () => {
    const tree = await planted();
    const all = await walked(tree, { mayDescend: (directory) => !directory.equals(path('c')) });
    expect(all).toContain('c');
    expect(all.filter((at) => at.startsWith('c/'))).toEqual([]);
    expect(tree.asked.filter((at) => at.startsWith('c'))).toEqual([]);
    expect(all).toHaveLength(64 - 15);
  });
});
