/** Passes on what a command prints, up to the end that only we know: the mark, a space, three digits, a line feed. */
export class AnswerReader {
  static readonly endBytes = 37;
  readonly #mark: string;
  readonly #output: (piece: Buffer) => undefined | Promise<void>;
  /** What may be the end, or its beginning. */
  #held = Buffer.alloc(0);
  /** Of the command, once its end has come. */
  code: number | undefined;

  /** `mark`: 32 bytes. */
  constructor(mark: string, output: (piece: Buffer) => undefined | Promise<void>) {
    this.#mark = mark;
    this.#output = output;
  }

  /** Resolves when what came is taken; at once where nothing is returned. */
  push(piece: Buffer): undefined | Promise<unknown> {
    const { endBytes } = AnswerReader;
    const kept = Math.min(endBytes, this.#held.length + piece.length);
    const fromHeld = Math.max(0, kept - piece.length);
    const released = this.#held.subarray(0, this.#held.length - fromHeld);
    const passed = piece.subarray(0, piece.length - (kept - fromHeld));
    this.#held = Buffer.concat([
      this.#held.subarray(this.#held.length - fromHeld),
      piece.subarray(passed.length),
    ]);
    const [, mark, code] = /^(\w{32}) (\d{3})\n$/.exec(this.#held.toString('latin1')) ?? [];
    if (mark === this.#mark) this.code = Number(code);
    const taken = [released, passed].flatMap((one) => (one.length > 0 ? (this.#output(one) ?? []) : []));
    return taken.length > 0 ? Promise.all(taken) : undefined;
  }
}
