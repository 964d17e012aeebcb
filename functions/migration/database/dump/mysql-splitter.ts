import { TerminalError } from '../../../case/errors.ts';
import { hasDoubleBytes, isDouble } from './dump-text.ts';

/** One statement of a dump, as bytes: a dump may hold any character set, or none. */
export interface DumpStatement {
  bytes: Buffer;
  /** Words outside quotes and plain comments, in upper case; of comments that a server executes too. */
  words: ReadonlySet<string>;
  /** Groups in parentheses on the outermost level: of an INSERT … VALUES, its rows and perhaps its column list. */
  groups: number;
  /** The character set that the session speaks. */
  client: string;
}

/** Bytes; mysqldump writes lines of up to max_allowed_packet. */
const longestStatement = 128 * 1024 * 1024;
const mostWords = 20_000;

const state = { code: 0, single: 1, double: 2, backtick: 3, line: 4, block: 5 } as const;
type State = (typeof state)[keyof typeof state];

const newline = 10;
const code = (character: string) => character.charCodeAt(0);
const [quote1, quote2, backtick, backslash] = [code("'"), code('"'), code('`'), code('\\')];
const [hash, dash, slash, star, bang] = [code('#'), code('-'), code('/'), code('*'), code('!')];
const [open, close] = [code('('), code(')')];

/**
 * Divides what a MySQL client would send, with DELIMITER and every form of quote and comment (MySQL manual, "Language
 * Structure", "mysql Client Commands"). Nothing is interpreted: what may run is decided elsewhere.
 */
export class MysqlSplitter {
  #client = 'utf8mb4';
  #doubleBytes = false;
  readonly #limit: number;
  #buffer: Buffer = Buffer.alloc(0);
  #at = 0;
  #state: State = state.code;
  #delimiter = Buffer.from(';');
  #words = new Set<string>();
  #groups = 0;
  #depth = 0;
  #started = false;
  /** Within a comment whose content a server may execute, or may not. */
  #executed = false;

  constructor(limit = longestStatement) {
    this.#limit = limit;
  }

  /** What the session speaks from here on. */
  set client(name: string) {
    this.#client = name;
    this.#doubleBytes = hasDoubleBytes(name);
  }

  async *statements(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<DumpStatement> {
    for await (const piece of pieces) {
      this.#buffer = Buffer.concat([this.#buffer, piece]);
      for (let found = this.#scan(false); found; found = this.#scan(false)) yield found;
      if (this.#buffer.length > this.#limit) throw tooLong();
    }
    for (let found = this.#scan(true); found; found = this.#scan(true)) yield found;
    const rest = this.#take(this.#buffer.length, 0);
    if (rest) yield rest;
  }

  /** The next whole statement of the buffer, or undefined: more is needed. `last`: no more will come. */
  #scan(last: boolean): DumpStatement | undefined {
    for (;;) {
      const found = this.#next(last);
      if (found !== 'nothing') return found;
    }
  }

  /** 'nothing': a delimiter was passed, and there was no statement before it. */
  #next(last: boolean): DumpStatement | 'nothing' | undefined {
    const buffer = this.#buffer;
    // Ten bytes decide about every opener with its version; a delimiter may be longer.
    const safe = last ? buffer.length : buffer.length - Math.max(10, this.#delimiter.length);
    while (this.#at < safe) {
      const byte = buffer[this.#at]!;
      if (this.#state !== state.code) {
        this.#inside(byte, buffer);
        continue;
      }
      if (!this.#started) {
        const command = this.#delimiterCommand(last);
        if (command === 'unsure') return undefined;
        if (command === 'done') return 'nothing';
      }
      if (byte === this.#delimiter[0] && this.#atDelimiter(buffer, this.#at)) {
        return this.#take(this.#at, this.#delimiter.length) ?? 'nothing';
      }
      if (!this.#code(byte, buffer, last)) return undefined;
    }
    return undefined;
  }

  /** In code; false when the rest of a word has not arrived yet. */
  #code(byte: number, buffer: Buffer, last: boolean): boolean {
    if (byte > 32) this.#started ||= !this.#opensComment(byte, buffer);
    if (byte === quote1) this.#enter(state.single);
    else if (byte === quote2) this.#enter(state.double);
    else if (byte === backtick) this.#enter(state.backtick);
    else if (byte === hash) this.#enter(state.line);
    else if (byte === dash && buffer[this.#at + 1] === dash && isBlank(buffer[this.#at + 2]))
      this.#enter(state.line);
    else if (byte === slash && buffer[this.#at + 1] === star) this.#comment(buffer);
    else if (this.#executed && byte === star && buffer[this.#at + 1] === slash) {
      this.#executed = false;
      this.#at += 2;
    } else if (isLetter(byte)) return this.#word(buffer, last);
    else if (isDigit(byte)) return this.#word(buffer, last);
    else {
      if (byte === open && this.#depth++ === 0) this.#groups++;
      else if (byte === close && this.#depth > 0) this.#depth--;
      this.#at++;
    }
    return true;
  }

  #opensComment(byte: number, buffer: Buffer): boolean {
    if (byte === hash) return true;
    if (byte === dash) return buffer[this.#at + 1] === dash && isBlank(buffer[this.#at + 2]);
    return byte === slash && buffer[this.#at + 1] === star && !this.#isExecuted(buffer);
  }

  #isExecuted(buffer: Buffer): boolean {
    const third = buffer[this.#at + 2];
    if (third !== bang && !(third === 0x4d && buffer[this.#at + 3] === bang)) return false;
    // No server is of that version: mariadb-dump speaks to its client so.
    const from = this.#at + (third === bang ? 3 : 4);
    return buffer.toString('latin1', from, from + 6) !== '999999';
  }

  #comment(buffer: Buffer): void {
    if (this.#isExecuted(buffer)) {
      this.#executed = true;
      this.#at += buffer[this.#at + 2] === bang ? 3 : 4;
      // Its version: five or six digits, perhaps with a word right behind them.
      for (let digits = 0; digits < 6 && isDigit(buffer[this.#at] ?? 0); digits++) this.#at++;
    } else {
      this.#state = state.block;
      this.#at += 2;
    }
  }

  #word(buffer: Buffer, last: boolean): boolean {
    let end = this.#at;
    while (end < buffer.length && isWord(buffer[end]!)) {
      // As the client does it: `END$$` ends a statement where the delimiter is `$$`.
      if (buffer[end] === this.#delimiter[0] && this.#atDelimiter(buffer, end)) break;
      if (this.#doubleBytes && end + 1 === buffer.length && !last) return false;
      end += this.#doubleBytes && isDouble(buffer, end) ? 2 : 1;
    }
    // A delimiter may have begun in what is there of a word; a character of two bytes is not cut for it.
    if (end === buffer.length && !last) {
      if (end - this.#at < 256) return false;
      if (!this.#doubleBytes) end -= this.#delimiter.length - 1;
    }
    // Numbers are no words, but what follows one without a blank is: `1e5UNION`.
    let from = this.#at;
    if (isDigit(buffer[from]!)) while (from < end && isDigit(buffer[from]!)) from++;
    if (from < end) this.#note(buffer.toString('latin1', from, end).toUpperCase());
    this.#at = end;
    return true;
  }

  #note(word: string): void {
    // What is not remembered could not be judged.
    if (this.#words.size >= mostWords) throw tooLong();
    this.#words.add(word);
    const [exponent] = /^E\d+(?=[A-Z_])/.exec(word) ?? [];
    if (exponent) this.#words.add(word.slice(exponent.length));
  }

  #enter(next: State): void {
    this.#state = next;
    this.#at++;
  }

  #inside(byte: number, buffer: Buffer): void {
    const present = this.#state;
    // A server that passes the comment over goes on behind it, and would read the rest otherwise than it is read here.
    if (this.#executed && present !== state.block && byte === star && buffer[this.#at + 1] === slash) {
      throw new TerminalError('ダンプの注釈の終わりが読み取れません。取り込みを止めました。');
    }
    if (present === state.line) {
      if (byte === newline) this.#state = state.code;
    } else if (present === state.block) {
      if (byte === star && buffer[this.#at + 1] === slash) {
        this.#state = state.code;
        this.#at++;
      }
    } else if (this.#doubleBytes && isDouble(buffer, this.#at)) this.#at++;
    else if (byte === backslash && present !== state.backtick) this.#at++;
    else if (
      (present === state.single && byte === quote1) ||
      (present === state.double && byte === quote2) ||
      (present === state.backtick && byte === backtick)
    ) {
      // A doubled quote closes and opens again, which comes to the same.
      this.#state = state.code;
    }
    this.#at++;
  }

  #atDelimiter(buffer: Buffer, at: number): boolean {
    return buffer.subarray(at, at + this.#delimiter.length).equals(this.#delimiter);
  }

  /** `DELIMITER x` is the client's, to the end of its line, and only where a statement would begin. */
  #delimiterCommand(last: boolean): 'none' | 'done' | 'unsure' {
    const first = this.#buffer[this.#at]!;
    if (first !== 0x64 && first !== 0x44) return 'none';
    const end = this.#buffer.indexOf(newline, this.#at);
    const head = this.#buffer.toString('latin1', this.#at, this.#at + 10);
    if (!/^delimiter[ \t]/i.test(head)) return head.length < 10 && !last ? 'unsure' : 'none';
    if (end < 0 && !last) {
      if (this.#buffer.length - this.#at > 1024)
        throw new TerminalError('ダンプの DELIMITER の行が読み取れません。');
      return 'unsure';
    }
    const line = this.#buffer.toString('latin1', this.#at + 10, end < 0 ? this.#buffer.length : end);
    const delimiter = line.trim().split(/\s/)[0] ?? '';
    if (delimiter === '' || delimiter.length > 16 || /[\\'"`]/.test(delimiter)) {
      throw new TerminalError('ダンプの DELIMITER の指定が読み取れません。取り込みを止めました。');
    }
    this.#delimiter = Buffer.from(delimiter, 'latin1');
    this.#drop(end < 0 ? this.#buffer.length : end + 1);
    return 'done';
  }

  /** Cuts off up to `end`; undefined when there was nothing but blanks and comments. */
  #take(end: number, delimiter: number): DumpStatement | undefined {
    const statement = {
      bytes: this.#buffer.subarray(0, end),
      words: this.#words,
      groups: this.#groups,
      client: this.#client,
    };
    const started = this.#started;
    if (statement.bytes.length > this.#limit) throw tooLong();
    this.#drop(Math.min(end + delimiter, this.#buffer.length));
    return started ? statement : undefined;
  }

  #drop(end: number): void {
    this.#buffer = this.#buffer.subarray(end);
    this.#at = 0;
    this.#state = state.code;
    this.#words = new Set();
    this.#groups = 0;
    this.#depth = 0;
    this.#started = false;
    this.#executed = false;
  }
}

function isBlank(byte: number | undefined): boolean {
  return byte === undefined || byte <= 32;
}

function isLetter(byte: number): boolean {
  return (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a) || byte === 0x5f || byte >= 0x80;
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}

function isWord(byte: number): boolean {
  return isLetter(byte) || isDigit(byte) || byte === 0x24;
}

function tooLong(): TerminalError {
  return new TerminalError(
    'ダンプの1つの文が長すぎます。取り込みを止めました。--max-allowed-packet を小さくして書き出し直してください。',
  );
}
