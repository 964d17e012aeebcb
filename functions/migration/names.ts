import { ObjectProblem } from './object-problem.ts';

/** Bytes and levels; beyond these an object is left out, and the ledger says so. */
export const longestName = 255;
export const longestPath = 3000;
export const deepest = 100;

const dot = 0x2e;

/** Why a name that a source lists must not be written anywhere; undefined when it may. */
export function refuseName(name: Buffer): string | undefined {
  if (name.length === 0) return '名前が空です';
  if (name[0] === dot && (name.length === 1 || (name.length === 2 && name[1] === dot)))
    return '名前が上位のフォルダを指しています';
  for (let at = 0; at < name.length; at += 1) {
    const byte = name[at]!;
    if (byte < 0x20 || byte === 0x7f || byte === 0x2f) return '名前に制御文字または区切り文字があります';
  }
  if (name.length > longestName) return `名前が${longestName}バイトを超えています`;
  return undefined;
}

/** Every path that reaches a server passes here (threats.md, row 1). Throws ObjectProblem. */
export function checkRelative(path: Buffer): void {
  if (path.length === 0) return;
  let start = 0;
  while (start <= path.length) {
    const found = path.indexOf(0x2f, start);
    const end = found < 0 ? path.length : found;
    if (refuseName(path.subarray(start, end)) !== undefined) throw new ObjectProblem('failed', 'path');
    start = end + 1;
  }
}
