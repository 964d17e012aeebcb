import type { PhpCode } from './php-code.ts';

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
export function callsIn(code: string): Call[] {
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
