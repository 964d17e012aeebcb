import { ImapProtocolError } from './errors.ts';

/**
 * A value of a response (RFC 3501, 9): an atom or a quoted string as the bytes it was (one character a byte), a literal,
 * a list, NIL, or a literal that was streamed away.
 */
export type Value = string | Buffer | null | typeof streamed | Value[];
export const streamed = Symbol('streamed literal');

const deepest = 16;
const most = 20_000;

/** Values are fed line by line, with a literal between two lines: no token spans a literal. */
export class ValueParser {
  readonly #open: Value[][] = [[]];
  #count = 0;

  literal(value: Buffer | typeof streamed): void {
    this.#add(value);
  }

  line(text: string): void {
    for (let at = 0; at < text.length; ) {
      const sign = text.charCodeAt(at);
      if (sign === space) at++;
      else if (sign === opening) at = this.#enter(at);
      else if (sign === closing) at = this.#leave(at);
      else if (sign === quote) at = this.#quoted(text, at + 1);
      else at = this.#atom(text, at);
    }
  }

  /** The whole response. Throws ImapProtocolError when a list is still open. */
  end(): Value[] {
    if (this.#open.length > 1)
      throw new ImapProtocolError('メールサーバーの応答が途中で終わっています。接続を閉じました。');
    return this.#open[0]!;
  }

  #enter(at: number): number {
    if (this.#open.length > deepest) {
      throw new ImapProtocolError(
        `メールサーバーの応答の入れ子が${deepest}段を超えています。接続を閉じました。`,
      );
    }
    const list: Value[] = [];
    this.#add(list);
    this.#open.push(list);
    return at + 1;
  }

  #leave(at: number): number {
    if (this.#open.length === 1)
      throw new ImapProtocolError('メールサーバーの応答の括弧が合いません。接続を閉じました。');
    this.#open.pop();
    return at + 1;
  }

  #quoted(text: string, from: number): number {
    let at = from;
    let escaped = false;
    for (; at < text.length && text.charCodeAt(at) !== quote; at++) {
      if (text.charCodeAt(at) === backslash) {
        escaped = true;
        at++;
      }
    }
    if (at >= text.length)
      throw new ImapProtocolError('メールサーバーの応答の引用符が閉じていません。接続を閉じました。');
    const inside = text.slice(from, at);
    this.#add(escaped ? inside.replace(/\\(.)/gs, '$1') : inside);
    return at + 1;
  }

  /** Up to a space or a bracket of a list; `BODY[HEADER.FIELDS (DATE)]<0>` is one atom. */
  #atom(text: string, from: number): number {
    let at = from;
    for (let brackets = 0; at < text.length; at++) {
      const sign = text.charCodeAt(at);
      if (sign === 0x5b) brackets++;
      else if (sign === 0x5d && brackets > 0) brackets--;
      else if (brackets === 0 && (sign === space || sign === opening || sign === closing)) break;
    }
    const atom = text.slice(from, at);
    this.#add(/^nil$/i.test(atom) ? null : atom);
    return at;
  }

  #add(value: Value): void {
    if (++this.#count > most) {
      throw new ImapProtocolError(`メールサーバーの応答の値が${most}個を超えています。接続を閉じました。`);
    }
    this.#open.at(-1)!.push(value);
  }
}

const [space, opening, closing, quote, backslash] = [0x20, 0x28, 0x29, 0x22, 0x5c];

/** A string of either form, one character a byte; undefined for anything else. */
export function textOf(value: Value | undefined): string | undefined {
  return typeof value === 'string' ? value : Buffer.isBuffer(value) ? value.toString('latin1') : undefined;
}

/** A number of at most 2^53; undefined for anything else. */
export function numberOf(value: Value | undefined): number | undefined {
  return typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : undefined;
}

export function listOf(value: Value | undefined): Value[] {
  return Array.isArray(value) ? value : [];
}
