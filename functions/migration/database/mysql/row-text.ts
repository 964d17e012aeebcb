import { RowBytesReader, type RowSink } from './row-bytes.ts';

const tab = 9;
const newline = 10;
const backslash = 92;

/** What RowBytes hold, for LOAD DATA. */
export async function* rowText(rows: AsyncIterable<Buffer>, columns: number): AsyncGenerator<Buffer> {
  const pieces: Buffer[] = [];
  const text = new RowText((piece) => pieces.push(piece));
  const reader = new RowBytesReader(columns, text);
  for await (const piece of rows) {
    for (let at = 0; at < piece.length; at += atOnce) {
      reader.take(piece.subarray(at, at + atOnce));
      yield* pieces.splice(0);
    }
  }
  text.flush();
  yield* pieces;
}

/** Bytes; its text is at most twice as long. */
const atOnce = 256 * 1024;

/**
 * Rows as LOAD DATA reads them: fields divided by tabs, lines by newlines, `\` before those three bytes, `\N` for NULL
 * (MySQL manual, LOAD DATA, "Field and Line Handling"). Bytes stay bytes: no character set is looked at, so that a
 * second byte 0x5C of Shift_JIS is escaped like any other and comes out as it was.
 *
 * Written into pieces of a fixed size, so that a row of any length needs no more memory than one piece.
 */
class RowText implements RowSink {
  #piece: Buffer;
  #at = 0;
  readonly #size: number;
  readonly #emit: (piece: Buffer) => void;

  constructor(emit: (piece: Buffer) => void, size = 256 * 1024) {
    this.#size = size;
    this.#emit = emit;
    this.#piece = Buffer.allocUnsafeSlow(size);
  }

  /** Bytes of a field, or of a part of one. */
  bytes(source: Buffer, from: number, to: number): void {
    for (let start = from; start < to; ) {
      // Every byte may become two.
      let room = (this.#size - this.#at) >> 1;
      if (room < 64 && room < to - start) {
        this.flush();
        room = this.#size >> 1;
      }
      const end = Math.min(to, start + room);
      this.#at = escapeInto(this.#piece, this.#at, source, start, end);
      start = end;
    }
  }

  null(): void {
    this.#need(2);
    this.#piece[this.#at++] = backslash;
    this.#piece[this.#at++] = 78;
  }

  endField(): void {
    this.#need(1);
    this.#piece[this.#at++] = tab;
  }

  endRow(): void {
    this.#need(1);
    this.#piece[this.#at++] = newline;
  }

  /** Hands over what there is; a piece is never empty (an empty one would end a LOCAL INFILE). */
  flush(): void {
    if (this.#at === 0) return;
    const full = this.#piece.subarray(0, this.#at);
    this.#piece = Buffer.allocUnsafeSlow(this.#size);
    this.#at = 0;
    this.#emit(full);
  }

  #need(count: number): void {
    if (this.#size - this.#at < count) this.flush();
  }
}

function escapeInto(target: Buffer, at: number, source: Buffer, from: number, to: number): number {
  let out = at;
  for (let index = from; index < to; index++) {
    const byte = source[index] as number;
    if (byte === backslash || byte === newline || byte === tab) {
      target[out++] = backslash;
      target[out++] = byte === newline ? 110 : byte === tab ? 116 : backslash;
    } else {
      target[out++] = byte;
    }
  }
  return out;
}
