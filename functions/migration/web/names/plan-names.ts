import { type InventoryState, readInventory } from '../../inventory.ts';
import * as keys from '../../keys.ts';
import { longestName, longestPath } from '../../names.ts';
import { readJson, singly, writeJson } from '../../ndjson.ts';
import { describePath, type ObjectLine, pathOf } from '../../object-line.ts';
import { nameOf } from '../../position.ts';
import type { Job } from '../job.ts';
import { noNames } from './count-names.ts';
import { decideNames, type NameDecision, withoutConversion } from './decide-names.ts';
import type { OldEncoding } from './encodings.ts';
import { keptNames } from './kept-names.ts';
import { RenamedTree } from './renamed-tree.ts';
import { TargetNames } from './target-names.ts';

/** What a plan needs to know names by; absent where none is converted. */
interface StoredNames {
  convert: OldEncoding;
  /** Base64 of paths of the source. */
  kept: string[];
}

/**
 * Decides how the names of a tree arrive, once its inventory is complete, and keeps that with the plan `id` and among
 * the records. The decision of an earlier run stands.
 */
export async function planNames(
  job: Job,
  id: string,
  inventory: InventoryState,
): Promise<{ decision: NameDecision; names?: TargetNames }> {
  let decision = decideNames(inventory.names ?? noNames(), job.fileNames, await decidedBefore(job));
  const { convert } = decision;
  const kept = convert && (await keptNames(singly(readInventory(job, inventory)), convert));
  if (convert && !kept) decision = withoutConversion(decision, convert);
  await writeJson(job.objects, keys.nameDecision(job), decision);
  if (!convert || !kept) return { decision };
  const stored: StoredNames = {
    convert,
    kept: [...kept].map((path) => Buffer.from(path, 'latin1').toString('base64')),
  };
  await writeJson(job.objects, keys.targetNames(job, id), stored);
  return { decision, names: new TargetNames(convert, kept) };
}

/** The job as whatever copies and compares sees it: its target answers to the names of the source. */
export async function underSourceNames(job: Job, plan: string): Promise<Job> {
  const stored = await readJson<StoredNames>(job.objects, keys.targetNames(job, plan));
  if (!stored) return job;
  const kept = new Set(stored.kept.map((path) => Buffer.from(path, 'base64').toString('latin1')));
  const names = new TargetNames(stored.convert, kept);
  return { ...job, names, target: new RenamedTree(job.target, names) };
}

/** Enters where each object goes; what the target could not hold under its new name is left out. */
export async function* enterTargetPaths(
  lines: AsyncIterable<readonly ObjectLine[]>,
  names: TargetNames,
): AsyncGenerator<ObjectLine[]> {
  for await (const batch of lines)
    yield batch.map((line) => (line.outcome === undefined ? withTargetPath(line, names) : line));
}

function withTargetPath(line: ObjectLine, names: TargetNames): ObjectLine {
  const source = pathOf(line);
  const target = names.path(source);
  if (target.equals(source)) return line;
  const { path: targetPath, pathBase64: targetPathBase64 } = describePath(target);
  const named = {
    ...line,
    ...(targetPath !== undefined && { targetPath }),
    ...(targetPathBase64 !== undefined && { targetPathBase64 }),
  };
  const why = tooLong(target);
  return why === undefined ? named : { ...named, outcome: 'skipped', why };
}

function tooLong(target: Buffer): string | undefined {
  if (target.length > longestPath) return `UTF-8 に変換したパスが${longestPath}バイトを超えます`;
  for (let path = target; path.length > 0; path = path.subarray(0, Math.max(0, path.lastIndexOf(0x2f)))) {
    if (nameOf(path).length > longestName) return `UTF-8 に変換した名前が${longestName}バイトを超えます`;
  }
  return undefined;
}

async function decidedBefore(job: Job): Promise<NameDecision | undefined> {
  const own = await readJson<NameDecision>(job.objects, keys.nameDecision(job));
  if (own || job.previousRun === undefined) return own;
  return readJson<NameDecision>(job.objects, keys.nameDecision({ ...job, run: job.previousRun }));
}
