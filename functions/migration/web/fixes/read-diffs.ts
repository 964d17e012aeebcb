import type { Objects } from '../../../case/ports.ts';
import type { ScanRequest } from '../../../case/web-fixes/request.ts';
import type { FixRule } from '../../../case/web-fixes/rules.ts';
import { readLinesIfAny } from '../../ndjson.ts';
import { pathOf } from '../../object-line.ts';
import { type Pack, unstagePack } from '../../staging.ts';
import { sha256 } from './alterations.ts';
import { editFile } from './edit-file.ts';
import type { FixableFile } from './finding.ts';
import * as keys from './keys.ts';
import { type Hunk, lineDiff } from './line-diff.ts';
import type { ScanContext } from './rule.ts';
import { sourceFile } from './source-file.ts';

/** What would be done to one file. */
export interface FileDiff {
  /** Its place among the files of the scan: names it in a form. */
  index: number;
  path: Buffer;
  rules: FixRule[];
  hunks: Hunk[];
  /** Of the content before, and after with a new password hidden: what an approval is about. */
  sha256: string;
  after: string;
}

export interface DiffSource {
  objects: Objects;
  dataKey: Buffer;
  caseId: string;
  scan: number;
  request: ScanRequest;
  target: ScanContext['target'];
}

/** The files of a scan that fixes of these rules would change, as indexes, in the order of the tree. */
export async function fixableFiles(
  { objects, caseId, scan }: Pick<DiffSource, 'objects' | 'caseId' | 'scan'>,
  rules: readonly FixRule[],
): Promise<{ index: number; file: FixableFile }[]> {
  const files: { index: number; file: FixableFile }[] = [];
  let index = 0;
  for await (const file of readLinesIfAny<FixableFile>(objects, keys.fixableFiles(caseId, scan))) {
    if (file.rules.some((rule) => rules.includes(rule))) files.push({ index, file });
    index += 1;
  }
  return files;
}

/** Made anew from the sealed copy of each file, in the same way as when it moves. Those without a difference are left out. */
export async function diffsOf(
  source: DiffSource,
  files: readonly { index: number; file: FixableFile }[],
  rules: readonly FixRule[],
): Promise<FileDiff[]> {
  const packs = new Map<string, Pack<unknown> | undefined>();
  const diffs: FileDiff[] = [];
  for (const { index, file } of files) {
    if (!packs.has(file.pack))
      packs.set(file.pack, await unstagePack(source.objects, source.dataKey, file.pack));
    const content = packs.get(file.pack)?.contents[file.at];
    const path = pathOf(file);
    const read = content && sourceFile(path, content, file.mode);
    const edited = read && editFile(read, source, rules);
    if (!read || !edited) continue;
    diffs.push({
      index,
      path,
      rules: edited.rules,
      hunks: lineDiff(read, edited.edits),
      sha256: file.sha256,
      after: sha256(edited.content),
    });
  }
  return diffs;
}
