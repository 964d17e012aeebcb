import type { ListLine, ListTimes } from './list-line.ts';
import { instantIn, timeOfDay } from './list-time.ts';

/** `11-24-26  07:37PM       <DIR>          name`; IIS writes months first, others write years first. */
const pattern =
  /^(\d{2,4})[-/](\d{2})[-/](\d{2,4}) +(\d{1,2}:\d{2} ?(?:[AP]M)?) +(?:(<(?:DIR|JUNCTION|SYMLINKD?)>) {1,10}|([\d,.]{1,25}) )(.*)$/s;

/** MS-DOS style, of Windows servers. There are no permission bits: what a file and a directory usually have is taken. */
export function parseDosLine(line: string, times: ListTimes): ListLine | undefined {
  const [, first, second, third, time, mark, size, shown] = pattern.exec(line) ?? [];
  if (first === undefined || second === undefined || third === undefined || shown === undefined)
    return undefined;
  const yearFirst = first.length === 4;
  const [year, month, date] = yearFirst ? [first, second, third] : [third, first, second];
  const mtime = instantIn(
    times,
    [fullYear(Number(year)), Number(month), Number(date)],
    timeOfDay(time!.trim()),
  );
  if (mtime === undefined) return undefined;
  if (mark === undefined) {
    const bytes = Number(size!.replace(/[,.]/g, ''));
    return { name: shown, attributes: { kind: 'file', size: bytes, mode: 0o644, mtime }, exact: true };
  }
  if (mark === '<DIR>') {
    return { name: shown, attributes: { kind: 'directory', size: 0, mode: 0o755, mtime }, exact: true };
  }
  const link = { kind: 'symlink', size: 0, mode: 0o777, mtime } as const;
  const [, name, target] = /^(.*) \[(.*)\]$/s.exec(shown) ?? [];
  if (name === undefined || target === undefined) return { name: shown, attributes: link, exact: true };
  return { name, target, attributes: link, exact: true };
}

function fullYear(year: number): number {
  if (year >= 100) return year;
  return year < 70 ? 2000 + year : 1900 + year;
}
