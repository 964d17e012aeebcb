import type { ObjectLine } from '../../object-line.ts';
import { nameOf } from '../../position.ts';
import type { OldEncoding } from './encodings.ts';
import { entriesByDirectory, gatherPaths } from './entries-by-directory.ts';
import { convertName, originOf } from './target-names.ts';

/**
 * The paths (latin1) of a tree whose names must keep their bytes although an encoding was decided: those whose UTF-8
 * form is taken by another entry of the same directory, and those that could be mistaken for the result of a conversion.
 * Undefined when they are too many: no tree in one encoding with a few strays.
 */
export function keptNames(
  lines: AsyncIterable<ObjectLine>,
  encoding: OldEncoding,
): Promise<Set<string> | undefined> {
  return gatherPaths(entriesByDirectory(lines), (entries) => keptOf(entries, encoding));
}

/** Of one directory. Who keeps a name may take the converted one of another, and so on. */
function keptOf(entries: readonly Buffer[], encoding: OldEncoding): Buffer[] {
  const name = (path: Buffer) => nameOf(path).toString('latin1');
  const converted = (path: Buffer) => convertName(nameOf(path), encoding).toString('latin1');
  const staying = entries.filter((path) => converted(path) === name(path));
  const kept = staying.filter((path) => originOf(nameOf(path), encoding) !== undefined);
  const taken = new Set(staying.map(name));
  let open = entries.filter((path) => converted(path) !== name(path));
  for (let more = true; more; ) {
    const blocked = new Set(open.filter((path) => taken.has(converted(path))));
    for (const path of blocked) taken.add(name(path));
    kept.push(...blocked);
    open = open.filter((path) => !blocked.has(path));
    more = blocked.size > 0;
  }
  return kept;
}
