import { TextDecoder } from 'node:util';
import { TerminalError } from '../../../case/errors.ts';

/** pg_dump names its encoding among the first settings. */
const head = 64 * 1024;

/** PostgreSQL's names; SQL_ASCII says nothing, and is taken for UTF-8 if it is that. */
const decoders: Readonly<Record<string, string>> = {
  UTF8: 'utf-8',
  SQL_ASCII: 'utf-8',
  EUC_JP: 'euc-jp',
  SJIS: 'shift_jis',
};

/** A plain dump of PostgreSQL as text. Throws TerminalError for other encodings and for bytes that are none of theirs. */
export async function* decodeDump(pieces: AsyncIterable<Buffer>): AsyncGenerator<string> {
  let begun = Buffer.alloc(0);
  let decoder: TextDecoder | undefined;
  for await (const piece of pieces) {
    if (decoder) {
      yield decode(decoder, piece);
      continue;
    }
    begun = Buffer.concat([begun, piece]);
    if (begun.length < head) continue;
    decoder = decoderFor(begun);
    yield decode(decoder, begun);
  }
  if (!decoder) {
    decoder = decoderFor(begun);
    yield decode(decoder, begun);
  }
  yield decode(decoder);
}

function decoderFor(begun: Buffer): TextDecoder {
  const [, name = 'UTF8'] =
    /^SET client_encoding = '([^']{1,40})';/m.exec(begun.toString('latin1', 0, head)) ?? [];
  const known = decoders[name];
  if (known) return new TextDecoder(known, { fatal: true });
  throw new TerminalError(
    `ダンプの文字コード(${name.replaceAll(/[^A-Za-z0-9_]/g, '?')})に対応していません。何も実行していません。UTF8 で書き出し直してください。`,
  );
}

function decode(decoder: TextDecoder, piece?: Buffer): string {
  try {
    return piece ? decoder.decode(piece, { stream: true }) : decoder.decode();
  } catch {
    throw new TerminalError(
      'ダンプに、書かれている文字コードでは読めない文字があります。取り込みを止めました。UTF8 で書き出し直してください。',
    );
  }
}
