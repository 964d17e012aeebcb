import { TerminalError } from '../../../case/errors.ts';

const longestStatement = 64 * 1024 * 1024;

/**
 * Where the statement that begins at `from` ends (behind its semicolon), or undefined when it does not end here: quotes,
 * E-strings, dollar quotes, nested comments, BEGIN ATOMIC bodies (PostgreSQL manual, "Lexical Structure").
 */
export function statementEnd(text: string, from: number): number | undefined {
  const scan = /'|"|\$|--|\/\*|;|[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*/g;
  scan.lastIndex = from;
  let depth = 0;
  let atomic = false;
  for (let found = scan.exec(text); found; found = scan.exec(text)) {
    const [token] = found;
    let end: number | undefined = scan.lastIndex;
    if (token === ';') {
      if (depth === 0) return end;
    } else if (token === "'")
      end = quotedEnd(
        text,
        end,
        "'",
        /[eE]/.test(text[found.index - 1] ?? '') && !isNamePart(text[found.index - 2]),
      );
    else if (token === '"') end = quotedEnd(text, end, '"', false);
    else if (token === '$') end = dollarEnd(text, found.index);
    else if (token === '--') end = behind(text, '\n', end);
    else if (token === '/*') end = commentEnd(text, end);
    else {
      const word = token.toUpperCase();
      if (word === 'ATOMIC') atomic = true;
      if (atomic && (word === 'ATOMIC' || word === 'CASE')) depth++;
      else if (atomic && word === 'END' && depth > 0) depth--;
      // `E'…'`: the quote is looked at with its letter.
      if (/^[eE]$/.test(token) && text[end] === "'") end = quotedEnd(text, end + 1, "'", true);
    }
    if (end === undefined) return undefined;
    scan.lastIndex = end;
  }
  return undefined;
}

export function* splitStatements(text: string): Generator<string> {
  let from = 0;
  while (from < text.length) {
    const end = statementEnd(text, from) ?? text.length;
    if (end - from > longestStatement) throw new TerminalError('文が長すぎます。取り込みを止めました。');
    const statement = withoutComments(text.slice(from, end)).trim();
    if (statement !== '' && statement !== ';') yield statement;
    from = end;
  }
}

/** Comments before a statement say nothing to a server. */
export function withoutComments(statement: string): string {
  let rest = statement;
  for (;;) {
    rest = rest.trimStart();
    if (rest.startsWith('--')) rest = rest.slice(behind(rest, '\n', 0) ?? rest.length);
    else if (rest.startsWith('/*')) rest = rest.slice(commentEnd(rest, 2) ?? rest.length);
    else return rest;
  }
}

function quotedEnd(text: string, from: number, quote: string, backslashes: boolean): number | undefined {
  for (let at = from; at < text.length; at++) {
    if (backslashes && text[at] === '\\') at++;
    else if (text[at] === quote) {
      if (text[at + 1] === quote) at++;
      else return at + 1;
    }
  }
  return undefined;
}

function dollarEnd(text: string, from: number): number | undefined {
  const [tag] = /^\$(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$/.exec(text.slice(from, from + 80)) ?? [];
  if (tag === undefined || isNamePart(text[from - 1])) return from + 1;
  return behind(text, tag, from + tag.length);
}

function commentEnd(text: string, from: number): number | undefined {
  const scan = /\/\*|\*\//g;
  scan.lastIndex = from;
  for (let depth = 1, found = scan.exec(text); found; found = scan.exec(text)) {
    depth += found[0] === '/*' ? 1 : -1;
    if (depth === 0) return scan.lastIndex;
  }
  return undefined;
}

function behind(text: string, what: string, from: number): number | undefined {
  const at = text.indexOf(what, from);
  return at < 0 ? undefined : at + what.length;
}

function isNamePart(character: string | undefined): boolean {
  return character !== undefined && /[\w$\u0080-\uffff]/.test(character);
}
