import { createHash } from 'node:crypto';
import { deliveredOf, linkOf, modeText, type ObjectLine, pathOf, targetPathOf } from '../object-line.ts';
import { ObjectProblem } from '../object-problem.ts';
import { nameOf } from '../position.ts';
import type { Attributes, FileTree, WantedFile } from './file-tree.ts';
import type { Job } from './job.ts';
import { leadsToSame, planLink } from './links.ts';

/**
 * Of what a verification reads the content again: `changes` what moved in this run, at both ends; `full` everything, at
 * both ends; `sparing` what moved, at the target, and at the source where its server tells the hash by itself.
 */
export type Depth = 'changes' | 'full' | 'sparing';

/**
 * What stands at the target for a line of the ledger; `hash` gives a file's SHA-256 as it is there now, or undefined
 * when time ran short, and then so does this.
 */
export async function compareWithTarget(
  job: Job,
  line: ObjectLine,
  at: Attributes | undefined,
  depth: Depth,
  hash: () => Promise<string | undefined>,
): Promise<ObjectLine | undefined> {
  if (!line.outcome) return { ...line, remark: '台帳に結果がありません' };
  if (line.outcome === 'skipped') return line;
  if (!at) return { ...line, verified: 'missing', remark: '移行先にありません' };
  if (at.kind !== line.kind) return differs(line, '移行先の種類が異なります');
  try {
    if (line.kind === 'directory') return withAttributes(line, at);
    if (line.kind === 'symlink') return withReasons(await compareLink(job, line), []);
    // Somebody works on the target already: what has not changed at the source does not overwrite that.
    const edited = line.outcome === 'unchanged' && at.mtime !== line.mtime;
    const delivered = deliveredOf(line);
    if (at.size !== delivered.size) return edited ? kept(line) : differs(line, '移行先の大きさが異なります');
    const found = isHashed(line, at, depth) ? await hash() : delivered.sha256;
    if (found === undefined) return undefined;
    if (found !== delivered.sha256) return edited ? kept(line) : differs(line, '移行先の内容が異なります');
    return withAttributes(line, at);
  } catch (error) {
    if (!(error instanceof ObjectProblem)) throw error;
    return differs(line, '移行先で読み取れません');
  }
}

/** Whether the content at the target is to be looked at: it moved in this run, or somebody may have changed it. */
export function isHashed(line: ObjectLine, at: Attributes | undefined, depth: Depth): boolean {
  const carried = line.outcome !== undefined && line.outcome !== 'skipped';
  if (!carried || line.kind !== 'file' || at?.kind !== 'file') return false;
  if (at.size !== deliveredOf(line).size) return false;
  return depth === 'full' || line.outcome !== 'unchanged' || at.mtime !== line.mtime;
}

export async function hashOf(tree: FileTree, { path, size }: WantedFile): Promise<string> {
  const { content } = await tree.read(path, 0, size);
  return createHash('sha256').update(content).digest('hex');
}

async function compareLink(job: Job, line: ObjectLine): Promise<ObjectLine> {
  const plan = planLink(pathOf(line), linkOf(line), job.source.rootNames);
  const target = await job.target.readLink(pathOf(line));
  if ('skip' in plan || !leadsToSame(pathOf(line), plan.copy, target, job.target.rootNames))
    return differs(line, '移行先のリンク先が異なります');
  return { ...line, verified: 'match' };
}

/** A mode or a time that the target would not take is a difference that the ledger states. */
function withAttributes(line: ObjectLine, at: Attributes): ObjectLine {
  const reasons: string[] = [];
  if (line.mode !== undefined && modeText(at.mode) !== line.mode) {
    reasons.push(`権限が${line.mode}から${modeText(at.mode)}に変更`);
  }
  if (at.mtime !== line.mtime) reasons.push(changedTime);
  return withReasons({ ...line, verified: 'match' }, reasons);
}

/** In what the object at the target is not the one at the source; what was so in the run before stays `unchanged`. */
function withReasons(line: ObjectLine, seen: readonly string[]): ObjectLine {
  if (line.verified !== 'match') return line;
  const seenHere = (how: string) =>
    how.startsWith('権限が') || [changedTime, keptAtTarget, ...lastingReasons(line)].includes(how);
  const before = line.how?.split('、').filter((how) => !seenHere(how)) ?? [];
  const reasons = [...before, ...lastingReasons(line), ...seen];
  const { how: _, ...rest } = line;
  if (reasons.length === 0) return rest;
  const asBefore = line.outcome === 'unchanged' && (line.how !== undefined || seen.length === 0);
  return { ...rest, outcome: asBefore ? 'unchanged' : 'altered', how: reasons.join('、') };
}

/** What the move itself makes different. */
function lastingReasons(line: ObjectLine): string[] {
  const reasons: string[] = line.fixed ? [line.fixed.how] : [];
  const target = targetPathOf(line);
  if (target && !nameOf(target).equals(nameOf(pathOf(line)))) reasons.push('名前の文字コードを UTF-8 に変換');
  else if (target) reasons.push('上位フォルダの名前の文字コードを UTF-8 に変換');
  if (line.hardLinks !== undefined)
    reasons.push(`ハードリンク(${line.hardLinks}個の名前)を独立したファイルに変更`);
  return reasons;
}

function kept(line: ObjectLine): ObjectLine {
  return {
    ...line,
    outcome: 'altered',
    how: keptAtTarget,
    verified: 'kept',
  };
}

const keptAtTarget = '移行後に移行先で変更されたため、そのまま残しました';
const changedTime = '更新日時が変更';

export function differs(line: ObjectLine, remark: string): ObjectLine {
  return { ...line, verified: 'differs', remark };
}
