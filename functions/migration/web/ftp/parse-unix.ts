import type { Attributes, FileKind } from '../file-tree.ts';
import type { ListLine, ListTimes } from './list-line.ts';
import { instantIn, monthOf, timeOfDay, withoutYear } from './list-time.ts';

/** 月, 日 and 年 in UTF-8, EUC-JP and CP932, seen as latin1. */
const monthSign = '(?:\\xe6\\x9c\\x88|\\xb7\\xee|\\x8c\\x8e)';
const daySign = '(?:\\xe6\\x97\\xa5|\\xc6\\xfc|\\x93\\xfa)?';
const yearSign = '(?:\\xe5\\xb9\\xb4|\\xc7\\xaf|\\x94\\x4e)?';
const timeOrYear = `(\\d{1,2}:\\d{2}(?::\\d{2})?|\\d{4})${yearSign}`;

const permissions = /^([-a-zA-Z?])([-rwxsStTlL?]{9})[+.@]? *\s/;
/** From the size on; the name follows after one blank, and may begin with more. */
const dates: readonly { pattern: RegExp; read: (parts: string[], times: ListTimes) => Time }[] = [
  // Nov 24 19:46 | Nov 24  2025
  {
    pattern: new RegExp(`(?:^|[ ,])(\\d{1,19}) +([A-Za-z]{3})\\.? +(\\d{1,2}) +${timeOrYear} (.*)$`, 's'),
    read: ([, , month, date, rest], times) => monthAndDay(month!, date!, rest!, times),
  },
  // 24 Nov 19:46
  {
    pattern: new RegExp(`(?:^|[ ,])(\\d{1,19}) +(\\d{1,2})\\.? +([A-Za-z]{3})\\.? +${timeOrYear} (.*)$`, 's'),
    read: ([, , date, month, rest], times) => monthAndDay(month!, date!, rest!, times),
  },
  // 11月 24 19:46 | 11月24日 2025年
  {
    pattern: new RegExp(
      `(?:^|[ ,])(\\d{1,19}) +(\\d{1,2})${monthSign} *(\\d{1,2})${daySign} +${timeOrYear} (.*)$`,
      's',
    ),
    read: ([, , month, date, rest], times) => monthAndDay(month!, date!, rest!, times),
  },
  // 2026-11-24 19:46 | 2026-11-24 19:46:07.000000000 +0900
  {
    pattern:
      /(?:^|[ ,])(\d{1,19}) +(\d{4})-(\d{2})-(\d{2}) +(\d{2}:\d{2}(?::\d{2})?)(?:\.\d{1,9})?(?: ([+-]\d{4}))? (.*)$/s,
    read: ([, , year, month, date, time, zone], times) => {
      const own = zone === undefined ? times : { zone: zoneOf(zone) };
      const at = instantIn(own, [Number(year), Number(month), Number(date)], timeOfDay(time!));
      return { at, exact: true };
    },
  },
];

interface Time {
  at: number | undefined;
  exact: boolean;
}

/** `ls -l` of any Unix and of the servers that imitate it, with or without owner and group. */
export function parseUnixLine(line: string, times: ListTimes): ListLine | undefined {
  const begun = permissions.exec(line);
  if (!begun) return undefined;
  // Owner and group are short; a bound keeps a hostile line cheap.
  const rest = line.slice(begun[0].length);
  for (const { pattern, read } of dates) {
    const parts = pattern.exec(rest);
    if (!parts || parts.index > 200) continue;
    const { at, exact } = read(parts, times);
    if (at === undefined) continue;
    const kind = kindOf(begun[1]!);
    const size = Number(parts[1]);
    const attributes: Attributes = { kind, size, mode: modeOf(begun[2]!), mtime: at };
    const shown = parts.at(-1)!;
    if (kind !== 'symlink') return { name: shown, attributes, exact };
    return { ...splitLink(shown, size), attributes, exact };
  }
  return undefined;
}

function monthAndDay(month: string, date: string, rest: string, times: ListTimes): Time {
  if (rest.includes(':')) {
    return { at: withoutYear(times, monthOf(month), Number(date), timeOfDay(rest)), exact: true };
  }
  return { at: instantIn(times, [Number(rest), monthOf(month), Number(date)]), exact: false };
}

function zoneOf(text: string): number {
  const seconds = Number(text.slice(1, 3)) * 3600 + Number(text.slice(3, 5)) * 60;
  return text.startsWith('-') ? -seconds : seconds;
}

/** `name -> target`, where either may hold an arrow: the size is the target's length. */
function splitLink(shown: string, size: number): Pick<ListLine, 'name' | 'target'> {
  const bySize = shown.length - size - 4;
  const at = bySize > 0 && shown.startsWith(' -> ', bySize) ? bySize : shown.indexOf(' -> ');
  if (at < 0) return { name: shown };
  return { name: shown.slice(0, at), target: shown.slice(at + 4) };
}

function kindOf(letter: string): FileKind {
  if (letter === '-') return 'file';
  if (letter === 'd') return 'directory';
  return letter === 'l' ? 'symlink' : 'other';
}

function modeOf(letters: string): number {
  let mode = 0;
  for (const [at, letter] of [...letters].entries()) {
    const bit = 0o400 >> at;
    if (/[rwxst]/.test(letter)) mode |= bit;
    if (/[sStTlL]/.test(letter)) mode |= [0o4000, 0o2000, 0o1000][Math.floor(at / 3)]!;
  }
  return mode;
}
