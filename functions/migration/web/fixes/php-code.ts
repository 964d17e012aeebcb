import { type Call, callsIn } from './php-calls.ts';
import { readCode } from './read-php.ts';

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
