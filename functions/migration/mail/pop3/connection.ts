import { createHash } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { TransientError } from '../../../case/errors.ts';
import { ByteReader, type Patience } from '../imap/byte-reader.ts';
import { cleanAnswer, ImapProtocolError } from '../imap/errors.ts';

const longestLine = 65_536;

/** One POP3 session (RFC 1939): a command, its status line, and lines up to a single dot where there are any. */
export class Pop3Connection {
  readonly secrets: string[] = [];
  #stream: Duplex;
  #reader: ByteReader;
  readonly #patience: Patience;

  constructor(stream: Duplex, patience: Patience) {
    this.#patience = patience;
    this.#stream = stream;
    this.#reader = new ByteReader(stream, patience);
    stream.on('error', () => {});
  }

  /** The status line after `+OK`, or undefined and the server's words in `refusal`. */
  async command(line: string | undefined): Promise<{ ok: string } | { refusal: string }> {
    if (line !== undefined) this.#stream.write(`${line}\r\n`);
    const answer = (await this.#reader.line(longestLine)).toString('latin1');
    if (/^\+OK/i.test(answer)) return { ok: answer.slice(4) };
    if (!/^-ERR/i.test(answer))
      throw new ImapProtocolError('POP3ではない応答がありました。接続を閉じました。');
    return { refusal: cleanAnswer(answer.slice(5), this.secrets) };
  }

  /** The lines that follow, without the dot that escapes a dot; each with its CRLF. Throws beyond `cap` bytes. */
  async *lines(cap: number): AsyncGenerator<Buffer> {
    let bytes = 0;
    for (;;) {
      const line = await this.#reader.line(cap);
      if (line.length === 1 && line[0] === 0x2e) return;
      bytes += line.length + 2;
      if (bytes > cap) throw new ImapProtocolError(`メールサーバーが${cap}バイトを超える応答を送りました。`);
      yield Buffer.concat([line[0] === 0x2e ? line.subarray(1) : line, Buffer.from('\r\n')]);
    }
  }

  async replace(wrap: (stream: Duplex) => Promise<Duplex>): Promise<void> {
    if (this.#reader.buffered > 0)
      throw new ImapProtocolError('暗号化の前に余分な応答がありました。接続を閉じました。');
    this.#reader.release();
    this.#stream = await wrap(this.#stream);
    this.#reader = new ByteReader(this.#stream, this.#patience);
    this.#stream.on('error', () => {});
  }

  close(): void {
    this.#reader.fail(new TransientError('メールサーバーとの接続を閉じました。'));
    this.#stream.destroy();
  }
}

/** A number for a UIDL that stays the same: 52 bits of its SHA-256. */
export function numberOfUidl(uidl: string): number {
  return Number(createHash('sha256').update(uidl).digest().readBigUInt64BE(0) >> 12n) || 1;
}
