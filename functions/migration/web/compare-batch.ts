import { packBytes } from '../chunk.ts';
import { inParallel } from '../in-parallel.ts';
import { describePath, type ObjectLine } from '../object-line.ts';
import type { Verification } from '../verification.ts';
import { compareWithTarget, type Depth, differs, hashOf, isHashed } from './compare.ts';
import { compareWithSource, isHashedAtSource } from './compare-source.ts';
import { hashLargeFile } from './hash-large-file.ts';
import type { Job } from './job.ts';
import type { Aligned } from './merge.ts';
import { type End, type ServerHashes, serverHashes, wantedFile } from './server-hashes.ts';

const objectsAtOnce = 48;

interface Compared {
  line: ObjectLine;
  /** In words, when the source is no longer what was copied. */
  change?: string;
}

/** Compares a batch, many objects at once, and enters the results in order. False when time ran short. */
export async function compareBatch(
  job: Job,
  verification: Verification,
  batch: readonly Aligned[],
  depth: Depth,
  timeIsShort: () => boolean,
): Promise<boolean> {
  const results = new Map<Aligned, Compared>();
  const known = await serverHashes(job, batch, depth);
  const compare = async (aligned: Aligned) => {
    const result = await compareOne(job, verification, aligned, depth, known, timeIsShort);
    if (result) results.set(aligned, result);
  };
  await inParallel(batch.filter(isSmall), objectsAtOnce, compare);
  for (const aligned of batch.filter((one) => one.line && !isSmall(one))) {
    await compare(aligned);
    if (!results.has(aligned)) return false;
  }
  for (const aligned of batch) enter(job, verification, aligned, results.get(aligned));
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
): Promise<Compared | undefined> {
  const { line, source, target } = aligned;
  if (!line) return undefined;
  const hash = async (end: End) =>
    known[end].get(aligned) ??
    (isSmall(aligned)
      ? hashOf(job[end], wantedFile(line, end))
      : hashLargeFile(job, state, line, end, timeIsShort));
  const atTarget = await compareWithTarget(job, line, target?.attributes, depth, () => hash('target'));
  if (!atTarget) return undefined;
  const isReadAgain =
    atTarget.verified === 'match' &&
    (known.source.has(aligned) ||
      (isHashed(line, target?.attributes, depth) && isHashedAtSource(line, depth)));
  const again = isReadAgain ? () => hash('source') : undefined;
  const atSource = await compareWithSource(job.source, line, source?.attributes, again);
  if (!atSource) return undefined;
  const { change, remark } = atSource;
  return {
    line: remark === undefined ? atTarget : differs(atTarget, remark),
    ...(change !== undefined && { change }),
  };
}

function enter(
  job: Job,
  verification: Verification,
  { line, path, source, target, isPassedOver }: Aligned,
  result: Compared | undefined,
): void {
  if (isPassedOver) return;
  if (line && result) {
    verification.add(result.line);
    if (result.change !== undefined) verification.addChanged(result.line, result.change);
    return;
  }
  const found = source ?? target;
  if (!found) return;
  const { kind, size, mtime } = found.attributes;
  if (!source) {
    const there = describePath(job.names?.path(path) ?? path);
    verification.addForeign({ ...there, kind, size, mtime });
    return;
  }
  const unlisted: ObjectLine = { ...describePath(path), kind, size, mtime };
  verification.addUnlisted({ ...unlisted, remark: '棚卸しの時にはありませんでした(次回の差分移行の対象)' });
}

function isSmall({ line }: Aligned): boolean {
  return line !== undefined && line.size <= packBytes;
}
