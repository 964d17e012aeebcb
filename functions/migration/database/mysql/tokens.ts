/**
 * `open` and `close` are the ends of a comment whose content a server executes (`/*!50100 … *\/`): what is between them
 * comes as ordinary tokens. `text` is in '…' or "…", `name` in backticks.
 */
export interface Token {
  kind: 'word' | 'name' | 'text' | 'comment' | 'open' | 'close' | 'punctuation';
  from: number;
  to: number;
  /** Words in upper case, names without their quotes, punctuation as it is; '' for the rest. */
  value: string;
}

/** `word` in upper case. */
export function isWord(token: Token | undefined, word: string): boolean {
  return token?.kind === 'word' && token.value === word;
}

const wordCharacter = /[A-Za-z0-9_$\u0080-\uffff]/;
const isSpace = (character: string) => character <= ' ' || /\s/.test(character);

/** MySQL's lexical structure (manual, chapter "Language Structure"), with backslash escapes unless told otherwise. */
export function* tokensOf(sql: string, { backslashes = true } = {}): Generator<Token> {
  let at = 0;
  while (at < sql.length) {
    const from = at;
    const character = sql[at]!;
    const two = sql.slice(at, at + 2);
    if (isSpace(character)) at++;
    else if (character === '`') {
      at = endOfQuoted(sql, at, '`', false);
      yield { kind: 'name', from, to: at, value: sql.slice(from + 1, at - 1).replaceAll('``', '`') };
    } else if (character === "'" || character === '"') {
      at = endOfQuoted(sql, at, character, backslashes);
      yield { kind: 'text', from, to: at, value: '' };
    } else if (character === '#' || (two === '--' && (at + 2 >= sql.length || /\s/.test(sql[at + 2]!)))) {
      const end = sql.indexOf('\n', at);
      at = end < 0 ? sql.length : end;
      yield { kind: 'comment', from, to: at, value: '' };
    } else if (two === '/*') {
      const [opener] = /^\/\*M?!(?!999999)\d{0,6}/.exec(sql.slice(at, at + 12)) ?? [];
      if (opener) at += opener.length;
      else {
        const end = sql.indexOf('*/', at + 2);
        at = end < 0 ? sql.length : end + 2;
      }
      yield { kind: opener ? 'open' : 'comment', from, to: at, value: '' };
    } else if (two === '*/') {
      at += 2;
      yield { kind: 'close', from, to: at, value: '' };
    } else if (wordCharacter.test(character)) {
      while (at < sql.length && wordCharacter.test(sql[at]!)) at++;
      yield { kind: 'word', from, to: at, value: sql.slice(from, at).toUpperCase() };
    } else {
      at++;
      yield { kind: 'punctuation', from, to: at, value: character };
    }
  }
}

/** Behind the closing quote, or the end of the text where there is none. */
function endOfQuoted(sql: string, from: number, quote: string, backslashes: boolean): number {
  for (let at = from + 1; at < sql.length; at++) {
    const character = sql[at];
    if (character === '\\' && backslashes) at++;
    else if (character === quote) {
      if (sql[at + 1] === quote) at++;
      else return at + 1;
    }
  }
  return sql.length;
}

/** Parts of a statement and what stands there instead; applied from the end so that positions stay true. */
export interface Replacement {
  from: number;
  to: number;
  by: string;
}

export function replaceParts(sql: string, replacements: readonly Replacement[]): string {
  let result = sql;
  for (const { from, to, by } of [...replacements].sort((a, b) => b.from - a.from)) {
    result = result.slice(0, from) + by + result.slice(to);
  }
  return result;
}
