import type { ByteReader } from './byte-reader.ts';
import { ImapProtocolError } from './errors.ts';
import { streamed, type Value, ValueParser } from './values.ts';

/** What one response may cost us. Bytes. */
export interface ResponseCaps {
  line: number;
  /** Literals of one response that are kept in memory, together. */
  inMemory: number;
  /** A streamed literal. */
  largest: number;
}

export const usualCaps: ResponseCaps = { line: 65_536, inMemory: 4 * 1024 * 1024, largest: 2 * 1024 ** 3 };

export type Status = 'OK' | 'NO' | 'BAD' | 'BYE' | 'PREAUTH';

export type Response =
  | { kind: 'continue'; text: string }
  | { kind: 'status'; tag: string; status: Status; code: string; codeText: string; text: string }
  /** `* 12 FETCH (…)`: name FETCH, number 12. */
  | { kind: 'data'; name: string; number: number | undefined; values: Value[] };

/** Gets a literal that is too large for memory; what it leaves unread is read and dropped. */
export type LargeLiteral = (size: number, body: AsyncIterable<Buffer>) => Promise<void>;

const statusLine = /^(\S+) (OK|NO|BAD|BYE|PREAUTH)(?: (?:\[([^\] ]{1,64})(?: ([^\]]*))?\])? ?(.*))?$/is;

/**
 * One response: bounded in bytes, values and depth. Throws ImapProtocolError for what is none, or beyond a cap: nothing
 * after that can be trusted.
 */
export async function readResponse(
  reader: ByteReader,
  caps: ResponseCaps = usualCaps,
  large?: LargeLiteral,
  allocate?: (size: number) => Buffer,
): Promise<Response> {
  let line = (await reader.line(caps.line)).toString('latin1');
  if (line[0] === '+') return { kind: 'continue', text: line.slice(2) };
  const status = statusLine.exec(line);
  if (status) {
    const [, tag = '', word = '', code = '', codeText = '', text = ''] = status;
    return {
      kind: 'status',
      tag,
      status: word.toUpperCase() as Status,
      code: code.toUpperCase(),
      codeText,
      text,
    };
  }
  if (!line.startsWith('* '))
    throw new ImapProtocolError('メールサーバーからIMAPではない応答がありました。接続を閉じました。');
  const parser = new ValueParser();
  let lineBytes = line.length;
  let kept = 0;
  line = line.slice(2);
  for (;;) {
    const literal = /~?\{(\d{1,20})\+?\}$/.exec(line);
    parser.line(literal ? line.slice(0, literal.index) : line);
    if (!literal) break;
    const size = Number(literal[1]);
    if (size <= caps.inMemory) {
      kept += size;
      if (kept > caps.inMemory) throw tooMuch(kept, caps.inMemory);
      parser.literal(await reader.exactly(size, allocate));
    } else {
      if (!large || size > caps.largest) throw tooMuch(size, large ? caps.largest : caps.inMemory);
      let rest = size;
      await large(
        size,
        (async function* () {
          for await (const piece of reader.pieces(size)) {
            rest -= piece.length;
            yield piece;
          }
        })(),
      );
      for await (const _ of reader.pieces(rest));
      parser.literal(streamed);
    }
    line = (await reader.line(caps.line)).toString('latin1');
    lineBytes += line.length;
    if (lineBytes > caps.line) {
      throw new ImapProtocolError(
        `メールサーバーが${caps.line}バイトを超える応答を送りました。接続を閉じました。`,
      );
    }
  }
  return asData(parser.end());
}

function tooMuch(size: number, most: number): ImapProtocolError {
  return new ImapProtocolError(
    `メールサーバーが${size}バイトのデータを予告しました(上限${most}バイト)。接続を閉じました。`,
  );
}

function asData(values: Value[]): Response {
  const [first, second] = values;
  if (typeof first !== 'string')
    throw new ImapProtocolError('メールサーバーの応答に名前がありません。接続を閉じました。');
  if (!/^\d{1,10}$/.test(first))
    return { kind: 'data', name: first.toUpperCase(), number: undefined, values: values.slice(1) };
  if (typeof second !== 'string')
    throw new ImapProtocolError('メールサーバーの応答に名前がありません。接続を閉じました。');
  return { kind: 'data', name: second.toUpperCase(), number: Number(first), values: values.slice(2) };
}
