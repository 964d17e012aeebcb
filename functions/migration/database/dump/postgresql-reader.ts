import { TerminalError } from '../../../case/errors.ts';
import { statementEnd } from '../postgresql/splitter.ts';

/** pg_dump's words over an object. */
export interface Heading {
  type: string;
  schema: string;
  name: string;
}

/** What a plain dump consists of. The rows of a COPY follow its statement, in pieces of whole lines. */
export type DumpEvent =
  | { kind: 'statement'; text: string; heading: Heading | undefined }
  | { kind: 'rows'; content: Buffer; count: number }
  | { kind: 'end of rows' };

const longestStatement = 64 * 1024 * 1024;
const longestRow = 1024 ** 3 / 4;
const headingLine = /^-- (?:Data for )?Name: (.*); Type: ([A-Z ]+); Schema: (.*); Owner: .*$/;

/**
 * Divides a dump as psql would, and runs nothing of what psql runs on its own side: `\restrict` and the one `\connect`
 * of `pg_dump --create` are left out, every other command of psql's is refused (CVE-2025-8714). Throws TerminalError.
 */
export class PostgresqlDumpReader {
  readonly #pieces: AsyncIterator<string>;
  #text = '';
  #ended = false;
  #heading: Heading | undefined;
  #connected = false;

  constructor(pieces: AsyncIterable<string>) {
    this.#pieces = pieces[Symbol.asyncIterator]();
  }

  async *events(): AsyncGenerator<DumpEvent> {
    while (await this.#passBlank()) {
      if (this.#text.startsWith('\\')) {
        this.#passCommand(await this.#takeLine());
        continue;
      }
      const text = await this.#takeStatement();
      yield { kind: 'statement', text, heading: this.#heading };
      if (/^COPY\b/i.test(text) && /\bFROM\s+STDIN\b/i.test(text)) yield* this.#rows();
    }
  }

  /** Stops before the next statement or command; false at the end. Headings on the way are remembered. */
  async #passBlank(): Promise<boolean> {
    for (;;) {
      this.#text = this.#text.trimStart();
      if (this.#text.startsWith('--')) this.#read(await this.#takeLine());
      else if (this.#text.length >= 2 || (this.#text !== '' && this.#ended)) return true;
      else if (!(await this.#more())) return this.#text !== '';
    }
  }

  #read(comment: string): void {
    const [, name, type, schema] = headingLine.exec(comment) ?? [];
    if (type !== undefined) this.#heading = { name: name!, type, schema: schema === '-' ? '' : schema! };
  }

  #passCommand(line: string): void {
    if (/^\\(un)?restrict [A-Za-z0-9]+\s*$/.test(line)) return;
    if (/^\\connect /.test(line) && !this.#connected) {
      this.#connected = true;
      return;
    }
    const [word] = /^\\\S{0,20}/.exec(line)!;
    throw new TerminalError(
      `ダンプに psql の命令(${word.replaceAll(/[^\x21-\x7e]/g, '?')})があります。取り込みを止めました。データベース1つを pg_dump の標準の形式で書き出し直してください。`,
    );
  }

  async #takeStatement(): Promise<string> {
    for (let tried = 0; ; ) {
      const end = this.#text.length > tried ? statementEnd(this.#text, 0) : undefined;
      if (end !== undefined) return this.#take(end);
      // Twice as much before the next look: a long statement is not read again for every piece.
      tried = this.#text.length * 2;
      if (this.#text.length > longestStatement) throw tooLong();
      if (!(await this.#more(tried))) {
        const last = statementEnd(this.#text, 0);
        if (last !== undefined) return this.#take(last);
        throw new TerminalError('ダンプが文の途中で終わっています。もう一度書き出してください。');
      }
    }
  }

  async *#rows(): AsyncGenerator<DumpEvent> {
    await this.#takeLine();
    for (;;) {
      const end = /(?:^|\n)\\\.\r?(?:\n|$)/.exec(this.#text);
      // The end may lie across two pieces: what has no line break behind it stays.
      const whole = end ? end.index + (end[0].startsWith('\n') ? 1 : 0) : this.#text.lastIndexOf('\n') + 1;
      if (whole > 0) {
        const content = Buffer.from(this.#take(whole));
        yield { kind: 'rows', content, count: lineBreaks(content) };
      }
      if (end) {
        await this.#takeLine();
        yield { kind: 'end of rows' };
        return;
      }
      if (this.#text.length > longestRow) throw tooLong();
      if (!(await this.#more()))
        throw new TerminalError('ダンプが行の途中で終わっています。もう一度書き出してください。');
    }
  }

  async #takeLine(): Promise<string> {
    for (;;) {
      const at = this.#text.indexOf('\n');
      if (at >= 0) return this.#take(at + 1).replace(/\r?\n$/, '');
      if (this.#text.length > longestStatement) throw tooLong();
      if (!(await this.#more())) return this.#take(this.#text.length);
    }
  }

  #take(length: number): string {
    const taken = this.#text.slice(0, length);
    this.#text = this.#text.slice(length);
    return taken;
  }

  /** False when there is no more; with `until`, reads on to that many characters. */
  async #more(until = 0): Promise<boolean> {
    const before = this.#text.length;
    const parts = [this.#text];
    for (let length = before; !this.#ended && (length === before || length < until); ) {
      const { done, value = '' } = await this.#pieces.next();
      if (done) this.#ended = true;
      parts.push(value);
      length += value.length;
    }
    this.#text = parts.join('');
    return this.#text.length > before;
  }
}

function lineBreaks(content: Buffer): number {
  let count = 0;
  for (let at = content.indexOf(10); at >= 0; at = content.indexOf(10, at + 1)) count += 1;
  return count;
}

function tooLong(): TerminalError {
  return new TerminalError('ダンプの文が長すぎます。取り込みを止めました。');
}
