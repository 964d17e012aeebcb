import { isUtf8 } from 'node:buffer';

/** How a text file's bytes are read: old sites hold CP932 and EUC-JP beside UTF-8. */
export type Encoding = 'utf-8' | 'cp932' | 'euc-jp';

const labels = { 'utf-8': 'utf-8', cp932: 'shift_jis', 'euc-jp': 'euc-jp' } as const;
const decoders = new Map(Object.entries(labels).map(([name, label]) => [name, new TextDecoder(label)]));

/** Undefined for what is no text in any of these: a picture, UTF-16, a broken file. */
export function encodingOf(bytes: Buffer): Encoding | undefined {
  if (bytes.includes(0)) return undefined;
  if (isUtf8(bytes)) return 'utf-8';
  const sample = bytes.subarray(0, 65_536);
  const eucJp = likeness('euc-jp', sample);
  const cp932 = likeness('cp932', sample);
  if (eucJp === undefined && cp932 === undefined) return undefined;
  if (eucJp === undefined) return 'cp932';
  return cp932 === undefined || cp932 < eucJp ? 'euc-jp' : 'cp932';
}

/** As a person reads it; what cannot be read becomes U+FFFD. */
export function decode(bytes: Uint8Array, encoding: Encoding): string {
  return decoders.get(encoding)!.decode(bytes);
}

/**
 * Both can be read as the other by accident; Japanese text is full of kana in one of them only, and kanji of EUC-JP are
 * half-width kana in CP932. Undefined when too much of it is no character; the last one may be cut by the sample's end.
 */
function likeness(encoding: Encoding, sample: Buffer): number | undefined {
  const text = decode(sample, encoding);
  const broken = text.match(/\ufffd/g)?.length ?? 0;
  if (broken > 1 + text.length / 1000) return undefined;
  const kana = text.match(/[\u3041-\u3096\u30a1-\u30fc]/g)?.length ?? 0;
  return kana - (text.match(/[\uff61-\uff9f]/g)?.length ?? 0);
}

/**
 * Whether a character begins at this byte of a line. In CP932 the second byte of a character may look like a letter or
 * a backslash: a host name must not be found in the middle of one.
 */
export function isCharacterStart(line: Buffer, at: number, encoding: Encoding): boolean {
  if (encoding !== 'cp932') return true;
  // No second byte is below 0x40: behind the last such byte a character begins.
  let index = at;
  while (index > Math.max(0, at - 4_096) && line[index - 1]! >= 0x40) index -= 1;
  while (index < at) {
    const byte = line[index]!;
    index += (byte >= 0x81 && byte <= 0x9f) || (byte >= 0xe0 && byte <= 0xfc) ? 2 : 1;
  }
  return index === at;
}
