import { createHash } from 'node:crypto';
import type { Settings } from '../../../case/settings.ts';
import { type FixRule, fixRules } from '../../../case/web-fixes/rules.ts';
import { pieceByPiece } from '../../job.ts';
import { describePath } from '../../object-line.ts';
import { ObjectProblem } from '../../object-problem.ts';
import type { FileTree } from '../file-tree.ts';
import { type Found, walk } from '../walk.ts';
import { decode, encodingOf } from './encoding.ts';
import type { Finding } from './finding.ts';
import { excerptOf } from './line-diff.ts';
import type { ScanContext } from './rule.ts';
import { permissionProblem } from './rules/permissions.ts';
import { scanFile } from './scan-file.ts';
import type { ScanWriter } from './scan-writer.ts';
import { fileType, largestFile, sourceFile } from './source-file.ts';

export interface ScanWork extends ScanContext {
  source: FileTree;
  rules: Settings['webFixes'];
  remaining(): number;
}

const batchFiles = 64;
const batchBytes = 4 * 1024 * 1024;
/** Beyond these a scan ends: what it found then is enough to talk about. */
const bounds = { files: 500_000, findings: 20_000, kept: 64 * 1024 * 1024 };

/**
 * Reads the text files of a tree, each once, and notes what a move will break. False when time ran short: the writer
 * knows where to go on. Memory: one batch and what is not yet written.
 */
export async function scanTree(work: ScanWork, writer: ScanWriter): Promise<boolean> {
  const { state } = writer;
  const after = state.after === undefined ? {} : { after: Buffer.from(state.after, 'base64') };
  let batch: Found[] = [];
  let bytes = 0;
  let last: Buffer | undefined;
  const timeIsShort = pieceByPiece(work);
  const look = async () => {
    await scanBatch(work, writer, batch);
    last = batch.at(-1)?.path ?? last;
    batch = [];
    bytes = 0;
    if (writer.full) await writer.flush(last);
  };
  for await (const found of walk(work.source, after)) {
    if (found.refused !== undefined) {
      writer.leaveOut({ place: placeText(found.path, 0) || '/', why: found.refused });
      continue;
    }
    batch.push(found);
    if (isRead(found)) bytes += found.attributes.size;
    if (batch.length < batchFiles && bytes < batchBytes) continue;
    await look();
    if (state.files >= bounds.files || state.findings >= bounds.findings) {
      state.cutShort = true;
      break;
    }
    if (timeIsShort()) {
      await writer.flush(last);
      return false;
    }
  }
  await look();
  await writer.flush(last);
  return true;
}

function isRead({ path, attributes }: Found): boolean {
  return (
    attributes.kind === 'file' &&
    attributes.size <= largestFile &&
    fileType(path, attributes.mode) !== undefined
  );
}

async function scanBatch(work: ScanWork, writer: ScanWriter, batch: readonly Found[]): Promise<void> {
  const { state } = writer;
  const wanted = batch.filter(isRead);
  const readings = await work.source.readMany(
    wanted.map(({ path, attributes }) => ({ path, size: attributes.size })),
  );
  const contents = new Map(wanted.map((found, index) => [found, readings[index]]));
  for (const found of batch) {
    const { path, attributes } = found;
    const problem = permissionProblem(path, attributes, work.target);
    if (problem) note(work, writer, path, { ...problem, line: 0 }, new Set());
    if (attributes.kind !== 'file') continue;
    state.files += 1;
    const reading = contents.get(found);
    const why =
      reading instanceof ObjectProblem ? unreadable : lookInto(work, writer, found, reading?.content);
    // What only its mode makes a program may be anything.
    if (why && fileType(path) !== undefined) writer.leaveOut({ place: placeText(path, 0), why });
  }
}

const unreadable = '読み取れません（権限など）';
const tooLarge = `大きすぎます（${largestFile / 1024 / 1024}MB を超えるもの）`;
const noText = '文字コードが分かりません（UTF-16 や、文字でないものなど）';

/** Why it was not looked at. */
function lookInto(work: ScanWork, writer: ScanWriter, found: Found, content: Buffer | undefined) {
  if (!content || content.length > largestFile) return tooLarge;
  return scanContent(work, writer, found, content) ? undefined : noText;
}

/** False for what is no text that a rule can look at. */
function scanContent(
  work: ScanWork,
  writer: ScanWriter,
  { path, attributes }: Found,
  content: Buffer,
): boolean {
  const { state } = writer;
  const file = sourceFile(path, content, attributes.mode);
  if (!file) return false;
  state.read += 1;
  const { places, more } = scanFile(file, work);
  if (more > 0) state.cutShort = true;
  const seen = new Set<FixRule>();
  for (const { edits, ...place } of places) {
    note(
      work,
      writer,
      path,
      { ...place, excerpt: excerptOf(file, place.line), automatic: edits !== undefined },
      seen,
    );
  }
  const rules = [...new Set(places.filter(({ edits }) => edits).map(({ rule }) => rule))];
  if (rules.length === 0) return true;
  if (state.kept + content.length > bounds.kept) {
    state.cutShort = true;
    return true;
  }
  const sha256 = createHash('sha256').update(content).digest('hex');
  writer.keep({ ...describePath(path), mode: attributes.mode, sha256, rules }, content);
  return true;
}

function note(
  { rules }: ScanWork,
  writer: ScanWriter,
  path: Buffer,
  place: { rule: FixRule; line: number; about?: string; excerpt?: string; automatic?: boolean },
  seen: Set<FixRule>,
): void {
  const { rule, line, about, excerpt, automatic = false } = place;
  const { severity, hours } = rules.rules[rule];
  const { remedy } = fixRules[rule];
  const finding: Finding = { ...describePath(path), line, rule, severity, remedy, hours, automatic };
  writer.add({ ...finding, ...(about && { about }), ...(excerpt && { excerpt }) });
  const group = writer.state.groups[rule] ?? { places: 0, files: 0, first: placeText(path, line) };
  group.places += 1;
  if (!seen.has(rule)) group.files += 1;
  seen.add(rule);
  writer.state.groups[rule] = group;
}

/** `path:12` for people: a name that is not UTF-8 as well as it can be read. */
export function placeText(path: Buffer, line: number): string {
  const name = decode(path, encodingOf(path) ?? 'utf-8').replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, '\ufffd');
  const short = name.length > 200 ? `…${name.slice(-199)}` : name;
  return line > 0 ? `${short}:${line}` : short;
}
