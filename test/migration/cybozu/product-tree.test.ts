import { expect, test } from '@jest/globals';
import { layoutOf, layouts } from '../../../functions/migration/cybozu/layout.ts';
import { ProductTree } from '../../../functions/migration/cybozu/product-tree.ts';
import { planLink } from '../../../functions/migration/web/links.ts';
import { MemoryTree } from '../../../functions/migration/web/memory-tree.ts';
import { walk } from '../../../functions/migration/web/walk.ts';

const path = (text: string) => Buffer.from(text);

async function installed() {
  const server = new MemoryTree();
  for (const name of ['cb5', 'cb5/data', 'cb5/file', 'cb5/page', 'other'])
    await server.makeDirectory(path(name));
  for (const name of [
    'cb5/data/a.odbx',
    'cb5/data/maint',
    'cb5/file/1',
    'cb5/page/x',
    'cb5/.hikkoshi-left',
    'readme.txt',
  ]) {
    await server.write(path(name), 0, path(name), { create: true });
  }
  return { server, tree: new ProductTree(server, layoutOf('10.8.5')) };
}

test('shows what moves, from the base on, and never the flag', async () => {
  const { tree } = await installed();
  const seen: string[] = [];
  for await (const found of walk(tree)) seen.push(found.path.toString());
  // What a crash of ours left is seen, so that it is removed.
  expect(seen).toEqual(['.hikkoshi-left', 'data', 'file', 'data/a.odbx', 'file/1']);
});

test('works where the server has it', async () => {
  const { server, tree } = await installed();
  await tree.writeMany([
    { path: path('file/2'), content: path('new'), attributes: { mode: 0o640, mtime: 1 } },
  ]);
  expect((await server.read(path('cb5/file/2'), 0, 10)).content.toString()).toBe('new');
  const [one] = await tree.readMany([{ path: path('data/a.odbx'), size: 100 }]);
  expect(one).toMatchObject({ content: path('cb5/data/a.odbx') });
  // A link out of what moves is left out, one within it made relative.
  expect(planLink(path('data/link'), path('/memory/cb5/file/1'), tree.rootNames)).toMatchObject({
    copy: path('../file/1'),
  });
  expect(planLink(path('data/link'), path('/memory/readme.txt'), tree.rootNames)).toHaveProperty('skip');
});

test('the table knows versions 6 to 10, each once, and says what is documented and what is assumed', () => {
  expect(layouts.flatMap(({ majors }) => majors).sort((a, b) => a - b)).toEqual([6, 7, 8, 9, 10]);
  expect(layoutOf('9.3.1').root).toBe('インストールディレクトリ');
  for (const { documented, assumed } of layouts) {
    expect(documented).toContain('flag');
    expect(assumed.length).toBeGreaterThan(0);
  }
  expect(() => layoutOf('11.0.0')).toThrow(
    '対応しているのはサイボウズ Office 10、サイボウズ Office 6〜9です',
  );
});
