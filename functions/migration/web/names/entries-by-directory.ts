import { isAscii } from 'node:buffer';
import { type ObjectLine, pathOf } from '../../object-line.ts';
import { joinPath, nameOf, parentOf } from '../../position.ts';

export interface Entries {
  directory: Buffer;
  /** Without what is left out. */
  names: Buffer[];
}

/**
 * `lines` is in inventory order: a directory's entries together, so that one directory is in memory at a time. Names in
 * ASCII are among them only where asked for.
 */
export async function* entriesByDirectory(
  lines: AsyncIterable<ObjectLine>,
  { ascii = false }: { ascii?: boolean } = {},
): AsyncGenerator<Entries> {
  let entries: Entries | undefined;
  for await (const line of lines) {
    if (line.outcome === 'skipped') continue;
    const path = pathOf(line);
    if (!ascii && isAscii(nameOf(path))) continue;
    if (!entries?.directory.equals(parentOf(path))) {
      if (entries) yield entries;
      entries = { directory: parentOf(path), names: [] };
    }
    // A copy: a part of the path would keep the whole in memory.
    entries.names.push(Buffer.from(nameOf(path)));
  }
  if (entries) yield entries;
}

/** Paths (latin1) of names that were found to need care. Undefined when they are too many to be dealt with one by one. */
export async function gatherPaths(
  directories: AsyncIterable<Entries>,
  choose: (names: readonly Buffer[]) => Iterable<Buffer>,
): Promise<Set<string> | undefined> {
  const gathered = new Set<string>();
  let bytes = 0;
  for await (const { directory, names } of directories) {
    for (const name of choose(names)) {
      const path = joinPath(directory, name);
      gathered.add(path.toString('latin1'));
      bytes += path.length;
      if (gathered.size > mostPaths || bytes > mostBytes) return undefined;
    }
  }
  return gathered;
}

const mostPaths = 10_000;
const mostBytes = 2_000_000;
