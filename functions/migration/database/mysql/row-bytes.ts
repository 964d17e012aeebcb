/**
 * Rows as they lie between the two ends, in the staged copy too: each field 0x01 for NULL, or 0x00, its length and its bytes, both
 * as the source sent them ("Protocol::LengthEncodedString"). It is what MariaDB takes in COM_STMT_BULK_EXECUTE, and no byte is
 * looked at on the way.
 *
 * Written into pieces of a fixed size, so that a row of any length needs no more memory than one piece.
 */
export class RowBytes {
  #piece: Buffer;
  #at = 0;
  readonly #size: number;
  readonly #emit: (piece: Buffer) => void;

  constructor(emit: (piece: Buffer) => void, size = 256 * 1024) {
    this.#size = size;
    this.#emit = emit;
    this.#piece = Buffer.allocUnsafeSlow(size);
  }

  null(): void {
    if (this.#at === this.#size) this.flush();
    this.#piece[this.#at++] = isNull;
  }

  /** A field from its length on, or as much of it as there is; `bytes` brings the rest. */
  value(source: Buffer, from: number, to: number): void {
    if (this.#at === this.#size) this.flush();
    this.#piece[this.#at++] = isValue;
    this.bytes(source, from, to);
  }

  bytes(source: Buffer, from: number, to: number): void {
    let at = from;
    while (to - at > this.#size - this.#at) {
      const end = at + this.#size - this.#at;
      source.copy(this.#piece, this.#at, at, end);
      this.#at = this.#size;
      at = end;
      this.flush();
    }
    // A call costs more than a few bytes.
    if (to - at > 40) this.#at += source.copy(this.#piece, this.#at, at, to);
    else while (at < to) this.#piece[this.#at++] = source[at++]!;
  }

  flush(): void {
    if (this.#at === 0) return;
    const full = this.#piece.subarray(0, this.#at);
    this.#piece = Buffer.allocUnsafeSlow(this.#size);
    this.#at = 0;
    this.#emit(full);
  }
}

const isValue = 0;
const isNull = 1;

/** What is made of rows: their fields' bytes in parts, and where each row ends in the piece that was given. */
export interface RowSink {
  null(): void;
  bytes(piece: Buffer, from: number, to: number): void;
  endField(): void;
  endRow(at: number): void;
}

/** Reads what RowBytes wrote, cut into pieces anywhere. */
export class RowBytesReader {
  #column = 0;
  #left = 0;
  /** Of a field that began at the end of a piece: its mark and length so far. */
  #head: number[] = [];
  readonly #columns: number;
  readonly #sink: RowSink;

  constructor(columns: number, sink: RowSink) {
    this.#columns = columns;
    this.#sink = sink;
  }

  take(piece: Buffer): void {
    const sink = this.#sink;
    let at = 0;
    while (at < piece.length) {
      if (this.#left > 0) {
        const end = Math.min(piece.length, at + this.#left);
        sink.bytes(piece, at, end);
        this.#left -= end - at;
        at = end;
        if (this.#left === 0) this.#endField(at);
      } else if (this.#head.length === 0 && piece.length - at > longestHead) {
        if (piece[at] === isNull) {
          sink.null();
          this.#endField(++at);
          continue;
        }
        const first = piece[at + 1]!;
        if (first < 0xfb) {
          this.#left = first;
          at += 2;
        } else {
          const bytes = lengthBytes(first);
          this.#left = piece.readUIntLE(at + 2, Math.min(bytes, 6));
          at += 2 + bytes;
        }
        if (this.#left === 0) this.#endField(at);
      } else {
        this.#head.push(piece[at++]!);
        this.#openField(at);
      }
    }
  }

  #openField(at: number): void {
    const [mark, first, ...length] = this.#head;
    if (mark !== isNull) {
      if (first === undefined || length.length < lengthBytes(first)) return;
      this.#left = first < 0xfb ? first : Buffer.from(length).readUIntLE(0, Math.min(length.length, 6));
    } else this.#sink.null();
    this.#head = [];
    if (this.#left === 0) this.#endField(at);
  }

  #endField(at: number): void {
    if (++this.#column < this.#columns) this.#sink.endField();
    else {
      this.#column = 0;
      this.#sink.endRow(at);
    }
  }
}

const longestHead = 10;

function lengthBytes(first: number): number {
  return first < 0xfb ? 0 : first === 0xfc ? 2 : first === 0xfd ? 3 : 8;
}
