/** Encodings in which old Japanese servers hold file names, besides UTF-8. */
export type OldEncoding = 'cp932' | 'euc-jp';

export const encodingNames: Readonly<Record<OldEncoding, string>> = {
  cp932: 'CP932(Shift_JIS)',
  'euc-jp': 'EUC-JP',
};

/** WHATWG's shift_jis is what Windows calls CP932. */
const labels: Readonly<Record<OldEncoding, string>> = { cp932: 'shift_jis', 'euc-jp': 'euc-jp' };

type Decoder = InstanceType<typeof TextDecoder>;

interface Converter {
  decoder: Decoder;
  /** From a UTF-16 unit to its bytes: neither encoding reaches beyond the first plane. */
  bytes: ReadonlyMap<string, readonly number[]>;
}

const converters = new Map<OldEncoding, Converter>();

/** The text of a name, only when encoding it again gives the very same bytes; else undefined. */
export function decodeExactly(name: Buffer, encoding: OldEncoding): string | undefined {
  try {
    const text = converterOf(encoding).decoder.decode(name);
    return encodeExactly(text, encoding)?.equals(name) ? text : undefined;
  } catch {
    return undefined;
  }
}

/** The bytes of a text; undefined when the encoding has no such character. */
export function encodeExactly(text: string, encoding: OldEncoding): Buffer | undefined {
  const { bytes } = converterOf(encoding);
  const encoded: number[] = [];
  for (const unit of text.split('')) {
    const known = bytes.get(unit);
    if (!known) return undefined;
    encoded.push(...known);
  }
  return Buffer.from(encoded);
}

function converterOf(encoding: OldEncoding): Converter {
  let converter = converters.get(encoding);
  if (!converter) {
    const decoder = new TextDecoder(labels[encoding], { fatal: true });
    converter = { decoder, bytes: tableOf(decoder, encoding) };
    converters.set(encoding, converter);
  }
  return converter;
}

/** Made by decoding every code. Of two codes for one character the first counts, as in Windows. */
function tableOf(decoder: Decoder, encoding: OldEncoding): Map<string, readonly number[]> {
  const table = new Map<string, readonly number[]>();
  for (let ascii = 0; ascii < 0x80; ascii += 1) table.set(String.fromCharCode(ascii), [ascii]);
  for (const code of encoding === 'cp932' ? cp932Codes() : eucJpCodes()) {
    const text = textOf(decoder, code);
    if (text?.length === 1 && text >= '\u00a0' && !table.has(text)) table.set(text, code);
  }
  return table;
}

function textOf(decoder: Decoder, code: readonly number[]): string | undefined {
  try {
    return decoder.decode(Uint8Array.from(code));
  } catch {
    return undefined;
  }
}

function* cp932Codes(): Generator<readonly number[]> {
  for (let katakana = 0xa1; katakana <= 0xdf; katakana += 1) yield [katakana];
  for (const lead of [...range(0x81, 0x9f), ...range(0xe0, 0xfc)]) {
    // The same characters stand at 0xfa to 0xfc, and those are the codes that Windows writes.
    if (lead === 0xed || lead === 0xee) continue;
    for (const trail of range(0x40, 0xfc)) yield [lead, trail];
  }
}

function* eucJpCodes(): Generator<readonly number[]> {
  for (const lead of range(0xa1, 0xfe)) for (const trail of range(0xa1, 0xfe)) yield [lead, trail];
  for (const katakana of range(0xa1, 0xdf)) yield [0x8e, katakana];
  for (const lead of range(0xa1, 0xfe)) for (const trail of range(0xa1, 0xfe)) yield [0x8f, lead, trail];
}

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, at) => first + at);
}
