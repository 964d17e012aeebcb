import {
  type Checksum,
  type ColumnFacts,
  differingColumns,
  type Looked,
  readFacts,
} from '../column-facts.ts';

/** Ranges of `width` of a table's integer key, from the least to the greatest that the target has; decimal. */
export interface KeyCut {
  column: string;
  low: string;
  high: string;
  width: string;
}

/** Of a part of a table's rows: what two parts have adds up to what they have together. */
export interface TableSums {
  /** By number of a key's range; '' for keys outside of the cut, and for all rows where there is none. */
  ranges: Record<string, Checksum>;
  /** Of all ranges; without least and greatest, which the hash of all values stands for. */
  columns: ColumnFacts[];
}

/** Keys from (inclusive) and to (exclusive); absent where there is no end. */
export interface Span {
  from?: string;
  to?: string;
}

const mostRanges = 64;
const rowsOfRange = 100;
/** What one statement reads at the target: seconds. */
const rowsOfPiece = 1_000_000;
const mostPlaces = 3;

export const noRows: TableSums = { ranges: {}, columns: [] };

/** `low`, `high`: the keys that stand at the target; of an empty table there is nothing to cut. */
export function cutAt(column: string, low: unknown, high: unknown, rows: number): KeyCut | undefined {
  if (low === null || high === null) return undefined;
  const ranges = BigInt(Math.min(mostRanges, Math.ceil(rows / rowsOfRange)) || 1);
  const [first, last] = [BigInt(String(low)), BigInt(String(high))];
  return { column, low: `${first}`, high: `${last}`, width: `${(last - first) / ranges + 1n}` };
}

/** Parts of a table that take seconds each, and together are all of it, also outside of the cut. */
export function spansOf(cut: KeyCut | undefined, rows: number): Span[] {
  const count = BigInt(Math.max(1, Math.ceil(rows / rowsOfPiece)));
  if (!cut || count === 1n) return [{}];
  const [low, high] = [BigInt(cut.low), BigInt(cut.high)];
  const at = (number: bigint) => `${low + ((high - low) * number) / count}`;
  const numbers = Array.from({ length: Number(count) }, (_, number) => BigInt(number));
  return numbers.map((number) => ({
    ...(number > 0n && { from: at(number) }),
    ...(number + 1n < count && { to: at(number + 1n) }),
  }));
}

export function spanWhere(key: string, { from, to }: Span): string {
  const ends = [
    ...(from === undefined ? [] : [`${key} >= ${from}`]),
    ...(to === undefined ? [] : [`${key} < ${to}`]),
  ];
  return ends.length > 0 ? `WHERE ${ends.join(' AND ')}` : '';
}

const sum = (a: string, b: string) => `${BigInt(a) + BigInt(b)}`;

export function added(a: TableSums, b: TableSums): TableSums {
  const ranges = { ...a.ranges };
  for (const [number, there] of Object.entries(b.ranges)) {
    const here = ranges[number];
    ranges[number] = here ? { rows: sum(here.rows, there.rows), sum: sum(here.sum, there.sum) } : there;
  }
  if (a.columns.length === 0 || b.columns.length === 0)
    return { ranges, columns: [...a.columns, ...b.columns] };
  const columns = a.columns.map((here, index) => {
    const there = b.columns[index]!;
    return {
      ...here,
      present: sum(here.present, there.present),
      characters: here.characters === '' ? '' : sum(here.characters, there.characters),
      sum: sum(here.sum, there.sum),
    };
  });
  return { ranges, columns };
}

/** Of a server's answer with a row for each range (`part`, `n`, `total`), and a column's facts in `c0`, `c1` … */
export function sumsOfParts(
  parts: readonly Record<string, unknown>[],
  columns: readonly { name: string }[],
): TableSums {
  return parts
    .map((part) => ({
      ranges: { [String(part.part)]: { rows: String(part.n), sum: String(part.total) } },
      columns: columns.map(({ name }, index) => readFacts(name, part[`c${index}`])),
    }))
    .reduce<TableSums>(added, noRows);
}

/** Key ranges and columns, in words; undefined where both are the same rows. */
export function differenceOf(name: string, cut: KeyCut | undefined, dump: TableSums, target: TableSums) {
  const numbers = [...new Set([...Object.keys(dump.ranges), ...Object.keys(target.ranges)])].filter(
    (number) => {
      const [here, there] = [dump.ranges[number], target.ranges[number]];
      return here?.rows !== there?.rows || here?.sum !== there?.sum;
    },
  );
  const [here, there] = [lookedAt(dump), lookedAt(target)];
  const columns = here.rows === there.rows ? differingColumns(here, there) : [];
  if (numbers.length === 0 && columns.length === 0) return undefined;
  const counts = here.rows === there.rows ? [] : [`ダンプ${here.rows}行、移行先${there.rows}行`];
  // Of a row that is at one end alone every column differs: that says nothing of any.
  const named = columns.length > 0 ? [`列 ${columns.join('、')}`] : [];
  return `${name} ${placesOf(cut, numbers)}: ${[...counts, ...named].join('、') || '行の組み合わせ'}`;
}

function lookedAt({ ranges, columns }: TableSums): Looked {
  const all = Object.values(ranges).reduce(
    (a, b) => ({ rows: sum(a.rows, b.rows), sum: sum(a.sum, b.sum) }),
    { rows: '0', sum: '0' },
  );
  return { ...all, columns };
}

/** `id 101–300、id 901–1000 など`: neighbours in one. */
function placesOf(cut: KeyCut | undefined, numbers: readonly string[]): string {
  if (!cut) return '全行';
  const [low, high, width] = [BigInt(cut.low), BigInt(cut.high), BigInt(cut.width)];
  const inside = numbers.filter((number) => number !== '').map(BigInt);
  const spans: [bigint, bigint][] = [];
  for (const number of inside.sort((a, b) => (a < b ? -1 : 1))) {
    // Servers divide towards zero: the range of 0 reaches to both sides.
    const from = number > 0n ? number * width : (number - 1n) * width + 1n;
    const to = number < 0n ? number * width : (number + 1n) * width - 1n;
    const last = spans.at(-1);
    if (last && last[1] + 1n === from) last[1] = to;
    else spans.push([from, to]);
  }
  const places = spans.map(([from, to]) =>
    keysBetween(cut.column, from < low ? low : from, to > high ? high : to),
  );
  if (inside.length < numbers.length) places.push(`${keysBetween(cut.column, low, high)} の外`);
  return `${places.slice(0, mostPlaces).join('、')}${places.length > mostPlaces ? ' など' : ''}`;
}

function keysBetween(column: string, from: bigint, to: bigint): string {
  return from === to ? `${column} ${from}` : `${column} ${from}–${to}`;
}
