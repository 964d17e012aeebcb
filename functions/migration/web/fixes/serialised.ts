import { lineAt, type SourceFile } from './source-file.ts';

interface Ranges {
  starts: number[];
  ends: number[];
}

const known = new WeakMap<SourceFile, Ranges>();

/** Whether a byte is in a string as PHP's serialize() writes it: `s:20:"…"`, which says its own length. */
export function isSerialised(file: SourceFile, at: number): boolean {
  const { starts, ends } = known.get(file) ?? rangesOf(file.text);
  known.set(file, { starts, ends });
  const index = lineAt(starts, at);
  return (starts[index] ?? at + 1) <= at && at < ends[index]!;
}

/** In order and apart: a serialised string within another one is part of it. */
function rangesOf(text: string): Ranges {
  const ranges: Ranges = { starts: [], ends: [] };
  for (const match of text.matchAll(/(?<!\w)s:(\d{1,7}):(\\{0,3})"/g)) {
    const start = match.index + match[0].length;
    if (start < (ranges.ends.at(-1) ?? 0)) continue;
    const length = Number(match[1]);
    ranges.starts.push(start);
    // Where its quote is escaped, others in it are too, and only the escaped text is longer than it says.
    ranges.ends.push(start + (match[2] ? 2 * length : length));
  }
  return ranges;
}
