import type { PhpString } from './php-code.ts';

const interesting = /\?>|\/\/|#|\/\*|['"`]|<<</g;

/** What reading gathers: the code in pieces, and what is none. */
export interface Reading {
  pieces: string[];
  strings: PhpString[];
  comments: { start: number; end: number }[];
}

/** From behind an opening tag; returns where HTML begins again. */
export function readCode(text: string, from: number, { pieces, strings, comments }: Reading): number {
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
