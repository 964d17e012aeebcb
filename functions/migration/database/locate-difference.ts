import { type Checksum, differingColumns, equalChecksums, type Looked } from './column-facts.ts';
import type { DatabaseLine } from './line.ts';

type Range = NonNullable<DatabaseLine['range']>;

/** One table at both ends, whichever engine it is of. */
export interface ComparedTable {
  /** With the schema, where there is one. */
  name: string;
  checksums(range: Range): Promise<{ source: Checksum; target: Checksum }>;
  /** With the facts of each column, each with its own hash. */
  look(range: Range): Promise<{ source: Looked; target: Looked }>;
  /** The least and the greatest key that either server has in the range; undefined where there is no key to cut by. */
  keysIn(range: Range): Promise<[bigint, bigint] | undefined>;
  describe(range: Range): string;
}

/** Places that are named; a table that is all wrong is told by few of them. */
const mostPlaces = 3;

/**
 * Where two ends differ, in words: table, key range, column and which fact of it. Follows halves that differ down to
 * single keys; some 130 statements a place at most, each over half of what the one before read.
 */
export async function locateDifference(table: ComparedTable, range: Range): Promise<string> {
  const places: string[] = [];
  const keys = await table.keysIn(range);
  let more = false;
  const follow = async (after: bigint, upTo: bigint): Promise<void> => {
    const part = { after: String(after), upTo: String(upTo) };
    const { source, target } = await table.checksums(part);
    if (equalChecksums(source, target)) return;
    if (places.length === mostPlaces) {
      more = true;
      return;
    }
    if (upTo - after === 1n) {
      places.push(await describePlace(table, part));
      return;
    }
    const middle = after + (upTo - after) / 2n;
    await follow(after, middle);
    if (!more) await follow(middle, upTo);
  };
  if (keys) await follow(keys[0] - 1n, keys[1]);
  if (places.length === 0) places.push(await describePlace(table, range));
  return `${places.map((place) => `${table.name} ${place}`).join('、')}${more ? ' など' : ''}`;
}

async function describePlace(table: ComparedTable, range: Range): Promise<string> {
  const { source, target } = await table.look(range);
  const counts = source.rows === target.rows ? [] : [`移行元${source.rows}行、移行先${target.rows}行`];
  // Of a row that is at one end alone every column differs: that says nothing of any.
  const alone = source.rows === '0' || target.rows === '0';
  const columns = alone ? [] : differingColumns(source, target);
  const named = columns.length > 0 ? [`列 ${columns.join('、')}`] : [];
  return `${table.describe(range)}: ${[...counts, ...named].join('、') || '照合の間に変更'}`;
}
