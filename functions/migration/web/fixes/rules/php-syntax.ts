import { argumentsOf } from '../php-calls.ts';
import { changeOf } from '../php-changes.ts';
import { type PhpCode, stringsIn } from '../php-code.ts';
import type { Found, Rule, ScanContext } from '../rule.ts';

/** Ways of writing PHP that later versions refuse: each stops the whole file. */
export const phpSyntax: Rule = function* ({ text, php }, context) {
  if (!php) return;
  const lost = (name: string) => removed(name, context);
  yield* shortTags(text, php);
  if (lost('call-time-reference')) yield* callTimeReferences(php);
  if (lost('new-reference')) yield* newReferences(php.code);
  if (lost('preg-eval')) yield* pregEvals(text, php);
  if (lost('string-offset')) yield* stringOffsets(php.code);
  if (lost('real-cast') || lost('unset-cast')) yield* casts(php.code, lost);
  if (lost('autoload')) yield* autoloads(php.code);
  if (lost('script-tag')) yield* scriptTags(text);
  yield* shortCalls(php, lost);
  yield* classNames(php.code, context);
};

function removed(name: string, { request }: ScanContext): boolean {
  return changeOf('syntax', name, { from: request.phpFrom, to: request.phpTo })?.change === 'removed';
}

function* shortTags(text: string, php: PhpCode): Generator<Found> {
  for (const at of php.shortTags) {
    const blank = /\s/.test(text[at + 2] ?? ' ') ? '' : ' ';
    yield { rule: 'php-short-tag', at, edits: [{ start: at, end: at + 2, text: `<?php${blank}` }] };
  }
}

/** `f(&$x)`: whether `f` then still gets a reference, only its declaration says. */
function* callTimeReferences(php: PhpCode): Generator<Found> {
  const { code, calls } = php;
  if (!/[(,]\s{0,200}&\s{0,200}\$/.test(code)) return;
  for (const call of calls) {
    for (const { start, end } of argumentsOf(php, call) ?? []) {
      if (!/^\s*&\s*\$/.test(code.slice(start, Math.min(end, start + 200)))) continue;
      yield { rule: 'php-syntax', at: start, about: `${call.name}() の呼び出しの &：PHP 5.4 で廃止` };
    }
  }
}

function* newReferences(code: string): Generator<Found> {
  for (const match of code.matchAll(/=(\s{0,10})&(\s{0,10})new\b/gi)) {
    const ampersand = match.index + 1 + match[1]!.length;
    yield {
      rule: 'php-syntax',
      at: match.index,
      about: '= & new：PHP 7.0 で廃止',
      edits: [{ start: ampersand, end: ampersand + 1, text: match[1] || match[2] ? '' : ' ' }],
    };
  }
}

/** A pattern whose modifiers have an `e`: its replacement was run as PHP. */
function* pregEvals(text: string, php: PhpCode): Generator<Found> {
  for (const call of php.calls) {
    if (call.method || !/^preg_(?:replace|filter)$/i.test(call.name)) continue;
    const pattern = argumentsOf(php, call)?.[0];
    if (!pattern) continue;
    for (const { start, end } of stringsIn(php, pattern.start, pattern.end)) {
      if (isEvaluated(text.slice(start, Math.min(end, start + 2_000))))
        yield { rule: 'php-syntax', at: call.at, about: '正規表現の修飾子 e：PHP 7.0 で廃止' };
    }
  }
}

const closing: Record<string, string> = { '(': ')', '[': ']', '{': '}', '<': '>' };

function isEvaluated(pattern: string): boolean {
  const opened = pattern.trimStart()[0];
  if (!opened || /[\w\s\\]/.test(opened)) return false;
  const end = pattern.lastIndexOf(closing[opened] ?? opened);
  return end > 0 && /^[imsxADSUXJun]*e[imsxADSUXJun]*$/.test(pattern.slice(end + 1).trim());
}

/** `$text{0}`; not the hooks of a property. */
function* stringOffsets(code: string): Generator<Found> {
  for (const match of code.matchAll(/(\$\w+|\])\{([^{};\n]{1,120})\}/g)) {
    const open = match.index + match[1]!.length;
    const before = code.slice(Math.max(0, match.index - 200), match.index);
    if (/\b(?:public|protected|private|var|readonly|static)\b[^;{}()]*$/.test(before)) continue;
    if (match[1] === '$this' || (match[1] === ']' && !/[\w\]]\s*\[[^\]]*$/.test(before))) continue;
    const close = match.index + match[0].length - 1;
    yield {
      rule: 'php-syntax',
      at: open,
      about: '文字列の位置を { } で指定：PHP 8.0 で廃止',
      edits: [
        { start: open, end: open + 1, text: '[' },
        { start: close, end: close + 1, text: ']' },
      ],
    };
  }
}

function* casts(code: string, lost: (name: string) => boolean): Generator<Found> {
  for (const match of code.matchAll(/\(\s{0,5}(real|unset)\s{0,5}\)\s*(?=[$\w(["'-])/gi)) {
    const kind = match[1]!.toLowerCase();
    // `unset ($x)` and a function of that name have something before the bracket.
    if (
      !lost(`${kind}-cast`) ||
      /[\w\x80-\xff]\s*$/.test(code.slice(Math.max(0, match.index - 10), match.index))
    ) {
      continue;
    }
    const at = match.index + match[0].toLowerCase().indexOf(kind);
    yield {
      rule: 'php-syntax',
      at: match.index,
      about: `(${kind}) の型変換：PHP 8.0 で廃止`,
      ...(kind === 'real' && { edits: [{ start: at, end: at + 4, text: 'float' }] }),
    };
  }
}

function* autoloads(code: string): Generator<Found> {
  for (const match of code.matchAll(/\bfunction\s+__autoload\s*\(/gi)) {
    yield { rule: 'php-syntax', at: match.index, about: '__autoload()：PHP 8.0 で廃止' };
  }
}

function* scriptTags(text: string): Generator<Found> {
  for (const match of text.matchAll(/<script\s{1,10}language\s{0,5}=\s{0,5}["']?php["']?\s{0,5}>/gi)) {
    yield { rule: 'php-syntax', at: match.index, about: '<script language="php">：PHP 7.0 で廃止' };
  }
}

/** Calls that lack what has become a must: PHP stops there. */
function* shortCalls(php: PhpCode, lost: (name: string) => boolean): Generator<Found> {
  const needed = new Map<string, number>([
    ...(lost('parse-str') ? [['parse_str', 2] as const] : []),
    ...(lost('mktime') ? [['mktime', 1] as const, ['gmmktime', 1] as const] : []),
  ]);
  for (const call of php.calls) {
    const least = needed.get(call.name.toLowerCase());
    if (call.method || least === undefined) continue;
    const given = argumentsOf(php, call)?.filter(
      ({ start, end }) => php.code.slice(start, end).trim() !== '',
    );
    if (
      !given ||
      given.length >= least ||
      /^\s*\.{3}/.test(php.code.slice(call.argumentsAt, call.argumentsAt + 20))
    )
      continue;
    yield { rule: 'php-syntax', at: call.at, about: `${call.name}() の引数の省略：PHP 8.0 で廃止` };
  }
}

/** Words that PHP has taken for itself. */
function* classNames(code: string, { request }: ScanContext): Generator<Found> {
  const versions = { from: request.phpFrom, to: request.phpTo };
  for (const match of code.matchAll(
    /(?<![\w$:>\\])(?:class|interface|trait)\s{1,50}([A-Za-z_]\w*)(?=[^;(){},]{0,500}\{)/gi,
  )) {
    const found = changeOf('class', match[1]!, versions);
    if (!found) continue;
    const about = `クラス名 ${match[1]}：PHP ${found.since} から使えない`;
    yield { rule: 'php-syntax', at: match.index, about };
  }
}
