import { TextDecoder } from 'node:util';
import { type Token, tokensOf } from '../mysql/tokens.ts';

/** Character sets that a dump may speak; MySQL's latin1 is Windows' (manual, "West European Character Sets"). */
const decoders: Readonly<Record<string, string>> = {
  cp932: 'shift_jis',
  sjis: 'shift_jis',
  ujis: 'euc-jp',
  eucjpms: 'euc-jp',
  latin1: 'windows-1252',
};

/** Second bytes of these may look like a backslash or a backtick. */
export function hasDoubleBytes(client: string): boolean {
  return client === 'cp932' || client === 'sjis';
}

/** A whole character of two bytes in Shift_JIS or CP932, as servers see it: another second byte leaves the first alone. */
export function isDouble(bytes: Uint8Array, at: number): boolean {
  const [first = 0, second = 0] = [bytes[at], bytes[at + 1]];
  const leads = (first >= 0x81 && first <= 0x9f) || (first >= 0xe0 && first <= 0xfc);
  return leads && ((second >= 0x40 && second <= 0x7e) || (second >= 0x80 && second <= 0xfc));
}

/** A statement's text, a character a byte, in which no second byte is taken for a quote; positions are those of the bytes. */
export function shapeOf(bytes: Buffer, client: string, end = bytes.length): string {
  if (!hasDoubleBytes(client)) return bytes.toString('latin1', 0, end);
  const plain = Buffer.from(bytes.subarray(0, end));
  for (let at = 0; at < plain.length; at++) if (isDouble(plain, at)) plain[++at] = 0x78;
  return plain.toString('latin1');
}

/** A part of a dump's statement as its own session reads it. */
export class DumpText {
  /** See shapeOf. */
  readonly shape: string;
  readonly #bytes: Buffer;
  readonly #decoder: TextDecoder;

  constructor({ bytes, client }: { bytes: Buffer; client: string }, end = bytes.length) {
    this.shape = shapeOf(bytes, client, end);
    this.#bytes = bytes;
    this.#decoder = new TextDecoder(decoders[client] ?? 'utf-8');
  }

  /** Without comments of any kind. */
  tokens(): Token[] {
    return [...tokensOf(this.shape)].filter(
      ({ kind }) => kind !== 'comment' && kind !== 'open' && kind !== 'close',
    );
  }

  slice(from: number, to: number): string {
    return this.#decoder.decode(this.#bytes.subarray(from, to));
  }

  /** A name as people read it, without its quotes. */
  name({ kind, from, to }: Token): string {
    return kind === 'name' ? this.slice(from + 1, to - 1).replaceAll('``', '`') : this.slice(from, to);
  }
}
