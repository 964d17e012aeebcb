import type { ObjectLine } from '../object-line.ts';
import { pathOf } from '../object-line.ts';
import { ObjectProblem } from '../object-problem.ts';
import type { Depth } from './compare.ts';
import type { Attributes, FileTree } from './file-tree.ts';

/** What the source is now, against what was copied. */
export interface AtSource {
  /** In words, when it has changed since: what was copied is what it was then. */
  change?: string;
  /** In words, when it differs and no change explains it. */
  remark?: string;
}

/** Whether the source's content is to be read again where its server does not tell its hash. */
export function isHashedAtSource({ outcome }: ObjectLine, depth: Depth): boolean {
  return depth === 'full' || (depth === 'changes' && outcome !== 'unchanged');
}

/**
 * Holds a line of the ledger against the source, `at` as it was listed a moment ago; with `hash` against its content too,
 * undefined when time ran short there. What other content has is looked at once more: it may have changed meanwhile, or
 * within the second in which it was copied, and neither says that the copy is bad.
 */
export async function compareWithSource(
  source: FileTree,
  line: ObjectLine,
  at: Attributes | undefined,
  hash?: () => Promise<string | undefined>,
): Promise<AtSource | undefined> {
  if (line.outcome === 'skipped') return {};
  const change = changeAtSource(line, at);
  if (change !== undefined) return { change };
  if (!hash) return {};
  let remark = '移行元の内容が、移行した内容と異なります(大きさと更新日時は同じです)';
  try {
    const found = await hash();
    if (found === undefined) return undefined;
    if (found === line.sha256) return {};
  } catch (error) {
    if (!(error instanceof ObjectProblem)) throw error;
    remark = '移行元で読み取れません';
  }
  const since = await changeMeanwhile(source, line);
  if (since !== undefined) return { change: since };
  return line.recheck ? { change: changedContent } : { remark };
}

/** In words, when the source is no longer what was copied. */
export function changeAtSource(line: ObjectLine, now: Attributes | undefined): string | undefined {
  if (!now) return '移行後に移行元からなくなりました';
  if (now.kind !== line.kind) return '移行後に移行元で種類が変わりました';
  if (line.kind === 'file' && (now.size !== line.size || now.mtime !== line.mtime)) return changedContent;
  return undefined;
}

async function changeMeanwhile(source: FileTree, line: ObjectLine): Promise<string | undefined> {
  try {
    return changeAtSource(line, await source.inspect(pathOf(line)));
  } catch (error) {
    if (!(error instanceof ObjectProblem)) throw error;
    return error.reason === 'missing' ? changeAtSource(line, undefined) : undefined;
  }
}

const changedContent = '移行後に移行元で変更されました(次回の差分移行の対象)';
