import { TerminalError, TransientError } from '../../../case/errors.ts';
import type { RowBytes } from './row-bytes.ts';
import { errorFromPacket, longestPacket } from './wire.ts';

type Stage = 'head' | 'columns' | 'columns-end' | 'rows' | 'done';

/** Packets up to this size are awaited whole; longer ones are rows, and pass through in parts. */
const longestAwaited = 64 * 1024;

/**
 * One text result set of the MySQL protocol, turned into RowBytes as it arrives ("Text Resultset" in MySQL's
 * protocol documentation). No row becomes a JavaScript value, and a row of any length passes in bounded memory.
 * A source that asks for a local file instead of answering is refused (threats.md, row 11).
 */
export class ResultParser {
  rows = 0;
  #stage: Stage = 'head';
  #columnsLeft = 0;
  #rest: Buffer | undefined;
  #long: LongRow | undefined;
  readonly #columns: number;
  readonly #text: RowBytes;
  readonly #end: (error?: Error) => void;

  constructor(columns: number, text: RowBytes, end: (error?: Error) => void) {
    this.#columns = columns;
    this.#text = text;
    this.#end = end;
  }

  execute(piece: Buffer): void {
    if (this.#stage === 'done') return;
    try {
      this.#consume(this.#rest ? Buffer.concat([this.#rest, piece]) : piece);
    } catch (error) {
      this.#finish(error as Error);
    }
  }

  #consume(piece: Buffer): void {
    let at = 0;
    this.#rest = undefined;
    while (at < piece.length) {
      if (this.#long) {
        at = this.#long.take(piece, at);
        if (!this.#long.ended) return;
        this.#long = undefined;
        this.#endRow();
        continue;
      }
      if (piece.length - at < 4) break;
      const length = piece.readUIntLE(at, 3);
      if (length > longestAwaited && this.#stage === 'rows') {
        this.#long = new LongRow(this.#columns, this.#text);
        continue;
      }
      if (length > longestAwaited) throw unexpected('a header that is too long');
      if (piece.length - at - 4 < length) break;
      this.#packet(piece, at + 4, at + 4 + length);
      if ((this.#stage as Stage) === 'done') return;
      at += 4 + length;
    }
    if (at < piece.length) this.#rest = piece.subarray(at);
  }

  #packet(piece: Buffer, from: number, to: number): void {
    const first = piece[from];
    if (first === 0xff) throw errorFromPacket(piece.subarray(from, to));
    const isEnd = first === 0xfe && to - from < 9;
    if (this.#stage === 'rows' && !isEnd) this.#row(piece, from, to);
    else if (this.#stage === 'rows') this.#finish();
    else if (this.#stage === 'columns') {
      if (--this.#columnsLeft === 0) this.#stage = 'columns-end';
    } else if (this.#stage === 'columns-end') {
      if (!isEnd) throw unexpected('no end of the column list');
      this.#stage = 'rows';
    } else this.#head(first, to - from);
  }

  #head(first: number | undefined, length: number): void {
    if (first === 0xfb) {
      throw new TerminalError(
        'The source database asked for a file of ours instead of sending rows. Nothing was sent to it, and the ' +
          'connection was closed. Ask the customer whether this is really their server.',
      );
    }
    const isShort = length === 1 && first !== undefined && first < 0xfb;
    const columns = isShort ? first : this.#columns;
    if (columns !== this.#columns || length > 3) throw unexpected(`${columns} columns, not ${this.#columns}`);
    this.#columnsLeft = this.#columns;
    this.#stage = 'columns';
  }

  #row(piece: Buffer, from: number, to: number): void {
    const text = this.#text;
    let at = from;
    for (let column = 0; column < this.#columns; column++) {
      const start = at;
      const first = piece[at++] as number;
      if (first === 0xfb) {
        text.null();
        continue;
      }
      let length = first;
      if (first === 0xfc) {
        length = piece.readUInt16LE(at);
        at += 2;
      } else if (first === 0xfd) {
        length = piece.readUIntLE(at, 3);
        at += 3;
      } else if (first > 0xfb) throw unexpected('a field longer than its row');
      if (at + length > to) throw unexpected('a field longer than its row');
      at += length;
      text.value(piece, start, at);
    }
    if (at !== to) throw unexpected('a row with more fields than columns');
    this.#endRow();
  }

  #endRow(): void {
    this.rows++;
  }

  #finish(error?: Error): void {
    this.#stage = 'done';
    if (!error) this.#text.flush();
    this.#end(error);
  }
}

/** A row longer than what is awaited whole: it may fill many packets of 16 MB. */
class LongRow {
  ended = false;
  #column = 0;
  #fieldLeft = 0;
  #prefix: number[] = [];
  #inField = false;
  #packetLeft = 0;
  #continues = true;
  #header: number[] = [];
  readonly #columns: number;
  readonly #text: RowBytes;

  constructor(columns: number, text: RowBytes) {
    this.#columns = columns;
    this.#text = text;
  }

  /** Consumes from `at`; returns where it stopped. */
  take(piece: Buffer, from: number): number {
    let at = from;
    while (at < piece.length && !this.ended) {
      if (this.#packetLeft === 0) {
        this.#header.push(piece[at++] as number);
        if (this.#header.length === 4) this.#openPacket();
        continue;
      }
      const until = Math.min(piece.length, at + this.#packetLeft);
      const stopped = this.#fields(piece, at, until);
      this.#packetLeft -= stopped - at;
      at = stopped;
      this.#closePacket();
    }
    return at;
  }

  #openPacket(): void {
    const [low = 0, middle = 0, high = 0] = this.#header;
    this.#packetLeft = low + (middle << 8) + (high << 16);
    this.#continues = this.#packetLeft === longestPacket;
    this.#header = [];
    this.#closePacket();
  }

  #closePacket(): void {
    if (this.#packetLeft > 0 || this.#continues) return;
    if (this.#inField || this.#prefix.length > 0 || this.#column !== this.#columns) {
      throw unexpected('a row that ends within a field');
    }
    this.ended = true;
  }

  #fields(piece: Buffer, from: number, until: number): number {
    let at = from;
    while (at < until) {
      if (this.#inField) {
        const end = Math.min(until, at + this.#fieldLeft);
        this.#text.bytes(piece, at, end);
        this.#fieldLeft -= end - at;
        at = end;
        this.#inField = this.#fieldLeft > 0;
      } else {
        this.#prefix.push(piece[at++] as number);
        this.#openField();
      }
    }
    return at;
  }

  #openField(): void {
    const [first = 0] = this.#prefix;
    const wanted = first < 0xfc ? 1 : first === 0xfc ? 3 : first === 0xfd ? 4 : 9;
    if (this.#prefix.length < wanted) return;
    if (first === 0xff || this.#column === this.#columns)
      throw unexpected('a row with more fields than columns');
    this.#column++;
    if (first === 0xfb) this.#text.null();
    else this.#text.value(Buffer.from(this.#prefix), 0, this.#prefix.length);
    if (first < 0xfb) this.#fieldLeft = first;
    else if (first > 0xfb) this.#fieldLeft = Buffer.from(this.#prefix).readUIntLE(1, Math.min(wanted - 1, 6));
    this.#inField = this.#fieldLeft > 0;
    this.#prefix = [];
  }
}

function unexpected(what: string): Error {
  return new TransientError(`The source database answered with ${what}. Nothing of this range was written.`);
}
