import type { FileTree } from '../../functions/migration/web/file-tree.ts';
import type { SeededRandom } from './seeded-random.ts';

/** A small site, with a string in it by which every copy of it can be found. */
export async function plant(tree: FileTree, secret: string, random: SeededRandom): Promise<void> {
  const put = (name: string, content: Uint8Array) =>
    tree.write(Buffer.from(name), 0, Buffer.from(content), {
      create: true,
      attributes: { mode: 0o644, mtime: 1_700_000_000 },
    });
  await put('index.html', Buffer.from(`<p>${secret}</p>`));
  await put('日本語.txt', Buffer.from(secret));
  await put('empty', Buffer.alloc(0));
  await tree.makeDirectory(Buffer.from('画像'));
  const pictures = random.integer(5);
  for (let number = 0; number < pictures; number += 1)
    await put(`画像/${number}.bin`, random.bytes(1 + random.integer(4_000)));
}

/** Everything in a tree by path, for comparing two. */
export async function contentOf(tree: FileTree, at: Buffer = Buffer.alloc(0)): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for await (const batch of tree.list(at)) {
    for (const { name, attributes } of batch) {
      const path = at.length > 0 ? Buffer.concat([at, Buffer.from('/'), name]) : name;
      if (attributes.kind === 'directory') {
        for (const [inner, content] of await contentOf(tree, path)) found.set(inner, content);
      } else {
        const { content } = await tree.read(path, 0, attributes.size);
        found.set(
          path.toString('latin1'),
          `${attributes.mode} ${attributes.mtime} ${content.toString('base64')}`,
        );
      }
    }
  }
  return found;
}
