import { decode } from './encoding.ts';
import { maskSecrets } from './mask.ts';
import type { Edit } from './rule.ts';
import { endOfLine, lineAt, type SourceFile } from './source-file.ts';

export interface DiffLine {
  sign: ' ' | '-' | '+';
  text: string;
}

export interface Hunk {
  /** First line of the hunk, from 1; both sides have as many lines: a fix only replaces lines. */
  from: number;
  count: number;
  lines: DiffLine[];
}

const around = 2;
const longestShown = 400;

/**
 * The unified diff of a fix. Edits are within lines and make no new ones, so that no search for what belongs together is
 * needed. Secrets of either side are masked.
 */
export function lineDiff(file: SourceFile, edits: readonly Edit[]): Hunk[] {
  const changed = new Map<number, Edit[]>();
  for (const edit of edits) {
    const line = lineAt(file.lines, edit.start);
    changed.set(line, [...(changed.get(line) ?? []), edit]);
  }
  const hunks: Hunk[] = [];
  let shownTo = -1;
  const inOrder = [...changed.keys()].sort((a, b) => a - b);
  for (const [index, line] of inOrder.entries()) {
    if (line <= shownTo) continue;
    let last = line;
    for (const next of inOrder.slice(index + 1)) {
      if (next - last > 2 * around + 1) break;
      last = next;
    }
    const from = Math.max(0, line - around);
    shownTo = Math.min(file.lines.length - 1, last + around);
    hunks.push({
      from: from + 1,
      count: shownTo - from + 1,
      lines: hunkLines(file, changed, from, shownTo),
    });
  }
  return hunks;
}

/** Lines that follow one another and change stand together, the old ones first. */
function hunkLines(
  file: SourceFile,
  changed: ReadonlyMap<number, Edit[]>,
  from: number,
  to: number,
): DiffLine[] {
  const lines: DiffLine[] = [];
  for (let line = from; line <= to; line += 1) {
    if (!changed.has(line)) {
      lines.push({ sign: ' ', text: shown(file, bytesOf(file, line)) });
      continue;
    }
    let end = line;
    while (end < to && changed.has(end + 1)) end += 1;
    for (let one = line; one <= end; one += 1) {
      lines.push({ sign: '-', text: shown(file, bytesOf(file, one)) });
    }
    for (let one = line; one <= end; one += 1) {
      lines.push({ sign: '+', text: shown(file, edited(file, one, changed.get(one)!)) });
    }
    line = end;
  }
  return lines;
}

function bytesOf(file: SourceFile, line: number): Buffer {
  return file.bytes.subarray(file.lines[line]!, endOfLine(file, line));
}

function edited(file: SourceFile, line: number, edits: readonly Edit[]): Buffer {
  const start = file.lines[line]!;
  const pieces: Buffer[] = [];
  let at = start;
  for (const edit of edits.toSorted((a, b) => a.start - b.start)) {
    pieces.push(file.bytes.subarray(at, edit.start), Buffer.from(edit.text, 'latin1'));
    at = edit.end;
  }
  pieces.push(file.bytes.subarray(at, endOfLine(file, line)));
  return Buffer.concat(pieces);
}

function shown(file: SourceFile, bytes: Buffer): string {
  return shortened(maskSecrets(decode(bytes, file.encoding)), longestShown);
}

/** One line of a file beside a finding: masked, without the blanks around it, and short. */
export function excerptOf(file: SourceFile, line: number): string {
  // A line of a machine is long: what is beyond is not even decoded.
  const bytes = bytesOf(file, line - 1).subarray(0, 2_000);
  return shortened(maskSecrets(decode(bytes, file.encoding).trim()), 160);
}

/** Control characters and signs that turn the direction of a text are made visible: the file is a stranger's. */
function shortened(text: string, most: number): string {
  const plain = text.replace(/\t/g, '    ').replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, '\ufffd');
  const signs = [...plain.slice(0, 2 * most + 2)];
  return signs.length <= most ? signs.join('') : `${signs.slice(0, most - 1).join('')}…`;
}
