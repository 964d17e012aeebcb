import { type ObjectLine, pathOf } from '../../object-line.ts';
import { nameOf, parentOf } from '../../position.ts';
import { isAscii } from './count-names.ts';

/**
 * The paths in each directory whose own names are not ASCII, those left out apart. `lines` is in inventory order: a
 * directory's entries together, so that one directory is in memory at a time.
 */
export async function* entriesByDirectory(lines: AsyncIterable<ObjectLine>): AsyncGenerator<Buffer[]> {
  let directory: Buffer | undefined;
  let entries: Buffer[] = [];
  for await (const line of lines) {
    if (line.outcome === 'skipped') continue;
    const path = pathOf(line);
    if (isAscii(nameOf(path))) continue;
    const parent = parentOf(path);
    if (directory && !directory.equals(parent)) {
      yield entries;
      entries = [];
    }
    directory = parent;
    entries.push(path);
  }
  if (entries.length > 0) yield entries;
}

/** Paths (latin1) that were found to need care. Undefined when they are too many to be dealt with one by one. */
export async function gatherPaths(
  directories: AsyncIterable<Buffer[]>,
  choose: (entries: readonly Buffer[]) => Iterable<Buffer>,
): Promise<Set<string> | undefined> {
  const gathered = new Set<string>();
  let bytes = 0;
  for await (const entries of directories) {
    for (const path of choose(entries)) {
      gathered.add(path.toString('latin1'));
      bytes += path.length;
    }
    if (gathered.size > mostPaths || bytes > mostBytes) return undefined;
  }
  return gathered;
}

const mostPaths = 10_000;
const mostBytes = 2_000_000;
