import { packBytes } from '../chunk.ts';
import { inParallel } from '../in-parallel.ts';
import { describePath, type ObjectLine } from '../object-line.ts';
import { ObjectProblem } from '../object-problem.ts';
import type { Verification } from '../verification.ts';
import { changeAtSource, compareWithTarget, type Depth, differs, hashOf } from './compare.ts';
import { hashLargeFile } from './hash-large-file.ts';
import type { Job } from './job.ts';
import type { Aligned } from './merge.ts';
import { type End, type ServerHashes, serverHashes, wantedFile } from './server-hashes.ts';

const objectsAtOnce = 48;

/** Compares a batch, many objects at once, and enters the results in order. False when time ran short. */
export async function compareBatch(
  job: Job,
  verification: Verification,
  batch: readonly Aligned[],
  depth: Depth,
  timeIsShort: () => boolean,
): Promise<boolean> {
  const compared = new Map<Aligned, ObjectLine>();
  const known = await serverHashes(job, batch, depth);
  const compare = async (aligned: Aligned) => {
    const result = await compareOne(job, verification, aligned, depth, known, timeIsShort);
    if (result) compared.set(aligned, result);
  };
  await inParallel(batch.filter(isSmall), objectsAtOnce, compare);
  for (const aligned of batch.filter((one) => one.line && !isSmall(one))) {
    await compare(aligned);
    if (!compared.has(aligned)) return false;
  }
  for (const aligned of batch) enter(job, verification, aligned, compared.get(aligned));
  return true;
}

/** Undefined when time ran short in a large file, or when no line stands for the object. */
async function compareOne(
  job: Job,
  { state }: Verification,
  aligned: Aligned,
  depth: Depth,
  known: ServerHashes,
  timeIsShort: () => boolean,
): Promise<ObjectLine | undefined> {
  const { line, source, target } = aligned;
  if (!line) return undefined;
  const hash = async (end: End) =>
    known[end].get(aligned) ??
    (isSmall(aligned)
      ? hashOf(job[end], wantedFile(line, end))
      : hashLargeFile(job, state, line, end, timeIsShort));
  const result = await compareWithTarget(job, line, target?.attributes, depth, () => hash('target'));
  if (result?.verified !== 'match' || line.kind !== 'file') return result;
  // The source is asked again where its server computes the hash by itself; its files are read again only in full depth.
  if (depth !== 'full' && !known.source.has(aligned)) return result;
  if (changeAtSource(line, source?.attributes) !== undefined) return result;
  try {
    const atSource = await hash('source');
    if (atSource === undefined) return undefined;
    return atSource === line.sha256 ? result : differs(result, '移行元の内容が、移行した内容と異なります');
  } catch (error) {
    if (!(error instanceof ObjectProblem)) throw error;
    return differs(result, '移行元で読み取れません');
  }
}

function enter(job: Job, verification: Verification, aligned: Aligned, result: ObjectLine | undefined): void {
  const { line, path, source, target } = aligned;
  if (line && result) {
    verification.add(result);
    const change = result.outcome === 'skipped' ? undefined : changeAtSource(line, source?.attributes);
    if (change !== undefined) verification.tell(result, 'changed-at-source', change);
    return;
  }
  const found = source ?? target;
  if (!found) return;
  const { kind, size, mtime } = found.attributes;
  if (!source) {
    const there = describePath(job.names?.path(path) ?? path);
    verification.tell({ ...there, kind, size, mtime }, 'only-in-target', '移行元にありません(削除しません)');
    return;
  }
  const unlisted: ObjectLine = { ...describePath(path), kind, size, mtime };
  verification.addUnlisted({ ...unlisted, remark: '棚卸しの時にはありませんでした(次回の差分移行の対象)' });
}

function isSmall({ line }: Aligned): boolean {
  return line !== undefined && line.size <= packBytes;
}
