import { inParallel } from '../in-parallel.ts';
import { describeLink, describePath, modeText, type ObjectLine } from '../object-line.ts';
import { ObjectProblem } from '../object-problem.ts';
import type { Attributes, FileTree } from './file-tree.ts';
import { leftUpwards, planLink, textOfLink } from './links.ts';
import type { Found } from './walk.ts';

/** Lines of the inventory for what a walk found; where links lead is asked for, many at once. */
export async function describe(source: FileTree, found: readonly Found[]): Promise<ObjectLine[]> {
  const lines = found.map(describeOne);
  const links = found.flatMap(({ path, attributes }, at) =>
    attributes.kind === 'symlink' && lines[at]!.outcome === undefined ? [{ path, attributes, at }] : [],
  );
  await inParallel(links, 32, async ({ path, attributes, at }) => {
    lines[at] = await withLink(source, lines[at]!, path, attributes);
  });
  return lines;
}

function describeOne({ path, attributes, refused }: Found): ObjectLine {
  const line: ObjectLine = {
    ...describePath(path),
    kind: attributes.kind,
    size: attributes.kind === 'file' ? attributes.size : 0,
    mode: modeText(attributes.mode),
    mtime: attributes.mtime,
  };
  if ((attributes.hardLinks ?? 1) > 1) line.hardLinks = attributes.hardLinks!;
  if (refused !== undefined) return skip(line, refused);
  if (attributes.kind === 'other') return skip(line, 'ファイルでもフォルダでもリンクでもありません');
  return line;
}

async function withLink(
  source: FileTree,
  line: ObjectLine,
  path: Buffer,
  { size }: Attributes,
): Promise<ObjectLine> {
  try {
    const target = textOfLink(path, await source.readLink(path), size, source.rootNames);
    Object.assign(line, describeLink(target));
    const plan = planLink(path, target, source.rootNames);
    if ('skip' in plan) return skip(line, plan.skip);
    for (const directory of leftUpwards(path, target, source.rootNames)) {
      if (!(await isDirectory(source, directory)))
        return skip(line, 'リンク先が移行対象のフォルダの外に出るおそれがあります');
    }
    const remark = await whereItLeads(source, path);
    return remark === undefined ? line : { ...line, remark };
  } catch (error) {
    if (!(error instanceof ObjectProblem)) throw error;
    return skip(line, 'リンク先を読み取れません');
  }
}

function skip(line: ObjectLine, why: string): ObjectLine {
  return { ...line, outcome: 'skipped', why };
}

async function isDirectory(source: FileTree, path: Buffer): Promise<boolean> {
  try {
    return (await source.inspect(path)).kind === 'directory';
  } catch (error) {
    if (!(error instanceof ObjectProblem)) throw error;
    return false;
  }
}

/** For the report only: the link is copied in either case. */
async function whereItLeads(source: FileTree, path: Buffer): Promise<string | undefined> {
  try {
    await source.inspect(path, true);
    return undefined;
  } catch (error) {
    if (!(error instanceof ObjectProblem)) throw error;
    return error.reason === 'missing' ? 'リンク先がありません' : 'リンク先をたどれません(循環または権限)';
  }
}
