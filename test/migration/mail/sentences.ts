/** A line of one direction of IMAP, or as much of a literal as has come. */
export interface Piece {
  bytes: Buffer;
  /** The line, or the one that announced the literal; without CRLF. */
  sentence: string;
  /** The line that begins the command or response. */
  opening: string;
  /** It begins a command or response. */
  first: boolean;
  /** It ends one. */
  last: boolean;
  literal?: { from: number; size: number };
}

/** Cuts a stream of commands, or of responses, into lines and literals. */
export class Sentences {
  #rest: Buffer = Buffer.alloc(0);
  #sentence = '';
  #opening = '';
  #first = true;
  #literal: { from: number; size: number } | undefined;

  *take(data: Buffer): Generator<Piece> {
    this.#rest = Buffer.concat([this.#rest, data]);
    while (this.#rest.length > 0) {
      if (this.#literal) {
        const { from, size } = this.#literal;
        const bytes = this.#cut(Math.min(size - from, this.#rest.length));
        this.#literal = from + bytes.length < size ? { from: from + bytes.length, size } : undefined;
        yield { bytes, ...this.#lines(), first: false, last: false, literal: { from, size } };
        continue;
      }
      const end = this.#rest.indexOf('\r\n');
      if (end < 0) return;
      const bytes = this.#cut(end + 2);
      this.#sentence = bytes.subarray(0, -2).toString('latin1');
      const size = /\{(\d+)\+?\}$/.exec(this.#sentence)?.[1];
      if (Number(size) > 0) this.#literal = { from: 0, size: Number(size) };
      const first = this.#first;
      if (first) this.#opening = this.#sentence;
      this.#first = size === undefined;
      yield { bytes, ...this.#lines(), first, last: this.#first };
    }
  }

  #lines() {
    return { sentence: this.#sentence, opening: this.#opening };
  }

  #cut(count: number): Buffer {
    const bytes = this.#rest.subarray(0, count);
    this.#rest = this.#rest.subarray(count);
    return bytes;
  }
}
