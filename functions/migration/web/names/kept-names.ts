import type { ObjectLine } from '../../object-line.ts';
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
  return gatherPaths(entriesByDirectory(lines), (names) => keptOf(names, encoding));
}

/** Of one directory. Who keeps a name may take the converted one of another, and so on. */
function keptOf(names: readonly Buffer[], encoding: OldEncoding): Buffer[] {
  const converted = new Map(
    names.map((name) => [name, convertName(name, encoding).toString('latin1')] as const),
  );
  const staying = names.filter((name) => converted.get(name) === name.toString('latin1'));
  const kept = staying.filter((name) => originOf(name, encoding) !== undefined);
  const taken = new Set(staying.map((name) => name.toString('latin1')));
  let open = names.filter((name) => converted.get(name) !== name.toString('latin1'));
  for (let more = true; more; ) {
    const blocked = new Set(open.filter((name) => taken.has(converted.get(name)!)));
    for (const name of blocked) taken.add(name.toString('latin1'));
    kept.push(...blocked);
    open = open.filter((name) => !blocked.has(name));
    more = blocked.size > 0;
  }
  return kept;
}
