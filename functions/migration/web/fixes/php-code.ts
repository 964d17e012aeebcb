/** A string of a PHP file: between its quotes, which are not part of it. */
export interface PhpString {
  start: number;
  end: number;
  quote: "'" | '"' | '`' | 'heredoc' | 'nowdoc';
}

/** A PHP file, parted by what its bytes are. All positions are those of the file. */
export interface PhpCode {
  /** The file with everything that is no code (HTML, comments, inside of strings) as spaces; line breaks stay. */
  code: string;
  strings: readonly PhpString[];
  /** Of each comment where it begins and ends, in order. */
  comments: readonly { start: number; end: number }[];
  calls: readonly Call[];
  /** Where `<?` stands alone as an opening tag. */
  shortTags: readonly number[];
}

/** After `<?`: a blank or what only a program begins with. `<?xml` and the instructions of Word are not PHP. */
const shortTag =
  /^(?:[\s$/(#;@?]|(?:echo|print|if|else|elseif|end\w+|for|foreach|while|include|require|include_once|require_once|switch|case|return|function|global|use|header|session_start)\b)/i;

/**
 * Reads PHP as PHP itself does, byte by byte: a CP932 character that ends in a backslash escapes the quote behind it there
 * too. One pass; memory in proportion to the file.
 */
export function phpCode(text: string): PhpCode {
  const pieces: string[] = [];
  const strings: PhpString[] = [];
  const comments: { start: number; end: number }[] = [];
  const shortTags: number[] = [];
  const blank = (start: number, end: number) => pieces.push(text.slice(start, end).replace(/[^\n\r]/g, ' '));
  let at = 0;
  while (at < text.length) {
    const tag = nextTag(text, at);
    if (!tag) break;
    blank(at, tag.end);
    if (tag.short) shortTags.push(tag.start);
    at = readCode(text, tag.end, { pieces, strings, comments });
  }
  if (at < text.length) blank(at, text.length);
  const code = pieces.join('');
  return { code, strings, comments, calls: callsIn(code), shortTags };
}

function nextTag(text: string, from: number): { start: number; end: number; short: boolean } | undefined {
  for (let start = text.indexOf('<?', from); start >= 0; start = text.indexOf('<?', start + 2)) {
    if (/^php(?:\s|$)/i.test(text.slice(start + 2, start + 6)))
      return { start, end: start + 5, short: false };
    if (text[start + 2] === '=') return { start, end: start + 3, short: false };
    if (shortTag.test(text.slice(start + 2, start + 18))) return { start, end: start + 2, short: true };
  }
  return undefined;
}

const interesting = /\?>|\/\/|#|\/\*|['"`]|<<</g;

interface Reading {
  pieces: string[];
  strings: PhpString[];
  comments: { start: number; end: number }[];
}

/** From behind an opening tag; returns where HTML begins again. */
function readCode(text: string, from: number, { pieces, strings, comments }: Reading): number {
  let at = from;
  const hide = (start: number, end: number) => pieces.push(text.slice(start, end).replace(/[^\n\r]/g, ' '));
  while (at < text.length) {
    interesting.lastIndex = at;
    const found = interesting.exec(text);
    if (!found) break;
    const start = found.index;
    const sign = found[0];
    pieces.push(text.slice(at, start));
    if (sign === '?>') {
      pieces.push(' ;');
      return start + 2;
    }
    if (sign === '#' && text[start + 1] === '[') {
      pieces.push('#');
      at = start + 1;
    } else if (sign === '#' || sign === '//') {
      at = endOfComment(text, start);
      hide(start, at);
      comments.push({ start, end: at });
    } else if (sign === '/*') {
      const end = text.indexOf('*/', start + 2);
      at = end < 0 ? text.length : end + 2;
      hide(start, at);
      comments.push({ start, end: at });
    } else if (sign === '<<<') {
      const heredoc = readHeredoc(text, start);
      if (!heredoc) {
        pieces.push('<<<');
        at = start + 3;
        continue;
      }
      strings.push(heredoc.string);
      // A literal stands here: rules see an empty string in code.
      hide(start, start + 1);
      pieces.push('""');
      hide(start + 3, heredoc.end);
      at = heredoc.end;
    } else {
      const quote = sign as "'" | '"' | '`';
      const end = endOfString(text, start + 1, quote);
      strings.push({ start: start + 1, end, quote });
      pieces.push(quote);
      hide(start + 1, end);
      if (end < text.length) pieces.push(quote);
      at = Math.min(end + 1, text.length);
    }
  }
  if (at < text.length) pieces.push(text.slice(at));
  return text.length;
}

/** A comment of one line also ends where PHP does. */
function endOfComment(text: string, start: number): number {
  const line = text.indexOf('\n', start);
  const end = line < 0 ? text.length : line;
  const tag = text.slice(start, end).indexOf('?>');
  return tag < 0 ? end : start + tag;
}

function endOfString(text: string, from: number, quote: string): number {
  let at = from;
  while (at < text.length && text[at] !== quote) at += text[at] === '\\' ? 2 : 1;
  return Math.min(at, text.length);
}

function readHeredoc(text: string, start: number): { string: PhpString; end: number } | undefined {
  const opened = /^<<<[ \t]*(['"]?)([A-Za-z_]\w{0,99})\1\r?\n/.exec(text.slice(start, start + 250));
  if (!opened) return undefined;
  const [whole, quote, name] = opened;
  const from = start + whole.length;
  const closing = new RegExp(`^[ \\t]*${name}\\b`, 'gm');
  closing.lastIndex = from;
  const closed = closing.exec(text);
  const end = closed ? closed.index : text.length;
  return {
    string: { start: from, end, quote: quote === "'" ? 'nowdoc' : 'heredoc' },
    end: closed ? end + closed[0].length : text.length,
  };
}

export function isComment({ comments }: PhpCode, at: number): boolean {
  const next = comments[firstEndingAfter(comments, at)];
  return next !== undefined && next.start <= at;
}

/** The strings between two places of the code. */
export function stringsIn({ strings }: PhpCode, start: number, end: number): PhpString[] {
  const found: PhpString[] = [];
  for (let index = firstEndingAfter(strings, start); index < strings.length; index += 1) {
    const string = strings[index]!;
    if (string.end > end) break;
    if (string.start >= start) found.push(string);
  }
  return found;
}

/** Index of the first that ends behind a place, of ranges in order. */
function firstEndingAfter(ranges: readonly { end: number }[], at: number): number {
  let low = 0;
  let high = ranges.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ranges[middle]!.end <= at) low = middle + 1;
    else high = middle;
  }
  return low;
}

export interface Call {
  name: string;
  at: number;
  /** Behind the opening bracket. */
  argumentsAt: number;
  /** Of an object or a class. */
  method: boolean;
}

/** Names that are followed by a bracket and are no call. */
const noCalls = new Set(
  'if while for foreach switch match catch function fn array list isset unset empty use declare and or xor return echo print'.split(
    ' ',
  ),
);

/** A file with more is no program that somebody wrote; looking at each costs time. */
const mostCalls = 20_000;

/** Calls in the code, in order; declarations and `new` are none. */
function callsIn(code: string): Call[] {
  const calls: Call[] = [];
  for (const match of code.matchAll(/(?<![A-Za-z0-9_])([A-Za-z_]\w{0,100})\s{0,20}\(/g)) {
    if (calls.length === mostCalls) break;
    const at = match.index;
    const name = match[1]!;
    if (noCalls.has(name.toLowerCase()) || /[\w$\x80-\xff]/.test(code[at - 1] ?? '')) continue;
    const before = code.slice(Math.max(0, at - 40), at);
    if (/\b(?:function|new)\s+&?\s*\\?$/i.test(before) || /[\w\x80-\xff]\\$/.test(before)) continue;
    calls.push({
      name,
      at,
      argumentsAt: at + match[0].length,
      method: /(?:->|::)\s*$/.test(before),
    });
  }
  return calls;
}

/** Where each argument of a call begins and ends; undefined when its bracket is never closed. */
export function argumentsOf(
  php: PhpCode,
  { argumentsAt }: Call,
): { start: number; end: number }[] | undefined {
  const known = brackets.get(php) ?? bracketsIn(php.code);
  brackets.set(php, known);
  const ends = known.get(argumentsAt - 1);
  return ends?.map((end, index) => ({ start: index === 0 ? argumentsAt : ends[index - 1]! + 1, end }));
}

const brackets = new WeakMap<PhpCode, Map<number, number[]>>();

/** By the place of each round bracket: its own commas, and where it closes. One pass over the file. */
function bracketsIn(code: string): Map<number, number[]> {
  const closed = new Map<number, number[]>();
  const open: { at: number; sign: string; commas: number[] }[] = [];
  for (const { 0: sign, index } of code.matchAll(/[()[\]{},]/g)) {
    const inner = open.at(-1);
    if (sign === '(' || sign === '[' || sign === '{') open.push({ at: index, sign, commas: [] });
    else if (sign === ',') inner?.commas.push(index);
    else if (inner) {
      open.pop();
      if (inner.sign === '(') closed.set(inner.at, [...inner.commas, index]);
    }
  }
  return closed;
}
