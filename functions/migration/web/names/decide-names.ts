import type { NameCounts } from './count-names.ts';
import { encodingNames, type OldEncoding } from './encodings.ts';

/**
 * What becomes of names that are not UTF-8: found out from the names themselves (the default), declared, or kept as the
 * bytes that they are.
 */
export type FileNames = 'detect' | 'keep' | OldEncoding;

/** How a tree's names arrive. Decided once, by its first run; later runs follow, or everything would move anew. */
export interface NameDecision {
  /** What was asked for. */
  choice: FileNames;
  /** Names in this encoding become UTF-8 at the target; absent: every name keeps its bytes. */
  convert?: OldEncoding;
  /** Names that were not UTF-8: without any there was nothing to decide. */
  old: number;
  /** For people: what was found and what is done. */
  remarks: string[];
}

/** Of the names that are not UTF-8, so many must be exactly convertible; and more than half must speak for it. */
const convincing = 0.95;

export function decideNames(
  counts: NameCounts,
  choice: FileNames = 'detect',
  before?: NameDecision,
): NameDecision {
  if (before?.choice === choice && before.old > 0) return before;
  const { old, utf8, convertible, votes } = counts;
  const remarks = remarksOn(counts);
  const decided = (remark: string, convert?: OldEncoding): NameDecision => ({
    choice,
    ...(convert && { convert }),
    old,
    remarks: [...remarks, remark],
  });
  if (choice === 'keep') return decided(`ファイル名は、指定により変換しません。${asTheyAre}`);
  if (choice !== 'detect') return decided(converted(choice, '指定により'), choice);
  if (old === 0) return { choice, old, remarks };
  const encoding: OldEncoding = votes['euc-jp'] > votes.cp932 ? 'euc-jp' : 'cp932';
  if (convertible[encoding] < convincing * old || votes[encoding] * 2 <= old) {
    return decided(`文字コードを判定できないファイル名が${old}件あります。${asTheyAre}`);
  }
  if (utf8 > old) {
    return decided(
      `UTF-8 のファイル名の中に、${encodingNames[encoding]}とみられる名前が${old}件あります。${asTheyAre}`,
    );
  }
  return decided(converted(encoding, '名前の並びから判定し'), encoding);
}

/** Names were found that a conversion could confuse, too many to be told apart one by one. */
export function withoutConversion({ choice, old }: NameDecision, encoding: OldEncoding): NameDecision {
  const mixed = `UTF-8 と${encodingNames[encoding]}のファイル名が多数混在しているため、変換しません。`;
  return { choice, old, remarks: [`${mixed}${asTheyAre}`] };
}

const asTheyAre = '元のバイト列のまま移行します。';

function converted(encoding: OldEncoding, why: string): string {
  return `ファイル名は、${why}、${encodingNames[encoding]}から UTF-8 に変換して移行します。ページの中に、元の文字コードの %xx で書いたリンクがあれば修正が必要です。`;
}

function remarksOn({ decomposed }: NameCounts): string[] {
  if (decomposed === 0) return [];
  return [
    `Mac 形式(濁点などが分かれた NFD)のファイル名が${decomposed}件あります。そのままの形で移行します。`,
  ];
}
