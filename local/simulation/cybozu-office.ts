import type { FileTree } from '../../functions/migration/web/file-tree.ts';
import { contentOf } from './planted.ts';
import type { SeededRandom } from './seeded-random.ts';

/** Where the product is at both ends. */
const moved = ['cb5/data', 'cb5/file'] as const;
const flag = 'cb5/data/maint';

/** A made-up Cybozu Office at both ends: the target's is fresh, with data of its own. */
export async function installCybozu(
  source: FileTree,
  target: FileTree,
  secret: string,
  random: SeededRandom,
): Promise<void> {
  for (const end of [source, target]) {
    for (const directory of ['cb5', ...moved]) await end.makeDirectory(Buffer.from(directory));
    await put(end, 'readme.txt', Buffer.from('Cybozu(R) Office 10.8.5'));
  }
  await put(target, 'cb5/data/office.odbx', Buffer.from('as installed'));
  await put(source, 'cb5/data/office.odbx', Buffer.from(secret));
  const attachments = random.integer(5);
  for (let number = 0; number < attachments; number += 1) {
    await put(source, `cb5/file/${number}.dat`, random.bytes(1 + random.integer(2_000)));
  }
}

/**
 * Sentences; none is the aim. `complete`: the migration is over, and everything has arrived. `told`: people know that the
 * source could not be opened again.
 */
export async function cybozuViolations(
  { source, target }: { source: FileTree; target: FileTree },
  complete: boolean,
  told: boolean,
): Promise<string[]> {
  const found: string[] = [];
  const [from, to] = [await contentOf(source), await contentOf(target)];
  if (from.has(flag) && !told) found.push('the source of Cybozu is left in maintenance');
  if (to.has(flag)) found.push('the target of Cybozu is in maintenance');
  const original = [...to].filter(([path]) => path.endsWith('/office.odbx'));
  const asInstalled = Buffer.from('as installed').toString('base64');
  if (!original.some(([, content]) => content.endsWith(asInstalled)))
    found.push('the target’s own data is lost');
  if (!complete) return found;
  const data = [...from].filter(([path]) => moved.some((directory) => path.startsWith(`${directory}/`)));
  return [
    ...found,
    ...data.filter(([path, content]) => to.get(path) !== content).map(([path]) => `not moved: ${path}`),
  ];
}

function put(tree: FileTree, name: string, content: Uint8Array): Promise<void> {
  const attributes = { mode: 0o640, mtime: 1_700_000_000 };
  return tree.write(Buffer.from(name), 0, Buffer.from(content), { create: true, attributes });
}
