import { isAscii, isUtf8 } from 'node:buffer';
import { decodeExactly, encodeExactly, type OldEncoding } from './encodings.ts';

/** What the bytes of a tree's names say, each entry's own name counted once; ASCII says nothing. */
export interface NameCounts {
  /** UTF-8 with a character that takes three bytes or more, as kana and kanji do: no accident. */
  utf8: number;
  /** Not UTF-8. */
  old: number;
  /** Of those, how many are exactly convertible, and which encoding they speak for. */
  convertible: Record<OldEncoding, number>;
  votes: Record<OldEncoding, number>;
  /** UTF-8 in decomposed form, as Macs write it. */
  decomposed: number;
}

export function noNames(): NameCounts {
  return {
    utf8: 0,
    old: 0,
    convertible: { cp932: 0, 'euc-jp': 0 },
    votes: { cp932: 0, 'euc-jp': 0 },
    decomposed: 0,
  };
}

export function countName(counts: NameCounts, name: Buffer): void {
  if (isAscii(name)) return;
  if (isUtf8(name)) {
    if (isPlainlyUtf8(name)) counts.utf8 += 1;
    if (isDecomposed(name)) counts.decomposed += 1;
    return;
  }
  counts.old += 1;
  const texts = { cp932: decodeExactly(name, 'cp932'), 'euc-jp': decodeExactly(name, 'euc-jp') };
  for (const encoding of ['cp932', 'euc-jp'] as const) {
    if (texts[encoding] !== undefined) counts.convertible[encoding] += 1;
  }
  const strange = { cp932: strangeness(texts.cp932), 'euc-jp': strangeness(texts['euc-jp']) };
  const better = strange.cp932 < strange['euc-jp'] ? 'cp932' : 'euc-jp';
  if (strange.cp932 !== strange['euc-jp'] && strange[better] < plausible) counts.votes[better] += 1;
}

/** A name that is not UTF-8, as text for people; as its bytes where no reading is exact. */
export function readOldName(name: Buffer): string {
  const texts = [decodeExactly(name, 'cp932'), decodeExactly(name, 'euc-jp')];
  const [first, other] = texts.toSorted((a, b) => strangeness(a) - strangeness(b));
  return first ?? other ?? name.toString('latin1');
}

/** Valid UTF-8 with a character beyond U+07FF. Two-byte sequences alone are also common katakana and kanji elsewhere. */
export function isPlainlyUtf8(name: Buffer): boolean {
  return isUtf8(name) && name.some((byte) => byte >= 0xe0);
}

export function isDecomposed(name: Buffer): boolean {
  const text = name.toString();
  return /\p{M}/u.test(text) && text.normalize('NFC') !== text;
}

/** A reading above this is no Japanese name: it speaks for no encoding. */
const plausible = 1.5;

/**
 * How unlike a Japanese file name a reading is: half-width katakana is what EUC-JP looks like when it is read as CP932;
 * rare kanji and symbols are what CP932 looks like the other way round. A name that cannot be read is strangest.
 */
function strangeness(text: string | undefined): number {
  if (text === undefined) return 4;
  let points = 0;
  let characters = 0;
  for (const character of text) {
    if (character < '\u0080') continue;
    characters += 1;
    if (/[\u3041-\u3096\u30a1-\u30fc]/.test(character)) continue;
    if (/[\uff61-\uff9f]/.test(character)) points += 1;
    else if (isCommonKanji(character)) points += 0.5;
    else points += /[\u4e00-\u9fff]/.test(character) ? 2 : 1;
  }
  return characters === 0 ? 0 : points / characters;
}

/** JIS level 1: rows 16 to 47, which EUC-JP has at 0xb0 to 0xcf. */
function isCommonKanji(character: string): boolean {
  const lead = encodeExactly(character, 'euc-jp')?.[0] ?? 0;
  return lead >= 0xb0 && lead <= 0xcf;
}
