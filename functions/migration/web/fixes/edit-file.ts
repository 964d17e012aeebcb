import type { FixRule } from '../../../case/web-fixes/rules.ts';
import type { Edit, ScanContext } from './rule.ts';
import { scanFile } from './scan-file.ts';
import type { SourceFile } from './source-file.ts';

export interface Edited {
  content: Buffer;
  /** Rules of which something was replaced. */
  rules: FixRule[];
  edits: readonly Edit[];
}

/**
 * The file with the fixes of these rules in it: the bytes of each edit are replaced, every other byte stays. Edits that
 * overlap one another are left to a person, both. Undefined when nothing is replaced.
 */
export function editFile(
  file: SourceFile,
  context: ScanContext,
  rules: readonly FixRule[],
  /** As it is written in the file; without it, what is shown in its place. */
  secret: (form: NonNullable<Edit['secret']>) => string | undefined = () => undefined,
): Edited | undefined {
  const wanted = scanFile(file, context, Number.POSITIVE_INFINITY).places.filter(({ rule }) =>
    rules.includes(rule),
  );
  const groups = wanted.flatMap(({ rule, edits }) => (edits && edits.length > 0 ? [{ rule, edits }] : []));
  const doubtful = overlapping(groups);
  const apart = groups.filter((_, index) => !doubtful.has(index));
  if (apart.length === 0) return undefined;
  const edits = apart.flatMap((group) => group.edits).sort((a, b) => a.start - b.start);
  const pieces: Buffer[] = [];
  let at = 0;
  for (const edit of edits) {
    const text = (edit.secret && secret(edit.secret)) ?? edit.text;
    pieces.push(file.bytes.subarray(at, edit.start), Buffer.from(text, 'latin1'));
    at = edit.end;
  }
  pieces.push(file.bytes.subarray(at));
  const replaced = new Set(apart.map(({ rule }) => rule));
  return { content: Buffer.concat(pieces), rules: rules.filter((rule) => replaced.has(rule)), edits };
}

/** Indexes of those that want the same bytes, or insert at one place, as another one does. */
function overlapping(groups: readonly { edits: readonly Edit[] }[]): Set<number> {
  const inOrder = groups
    .flatMap(({ edits }, group) => edits.map(({ start, end }) => ({ start, end, group })))
    .sort((a, b) => a.start - b.start);
  const found = new Set<number>();
  let furthest = inOrder[0];
  for (const edit of inOrder.slice(1)) {
    if (furthest && (edit.start < furthest.end || edit.start === furthest.start)) {
      found.add(furthest.group).add(edit.group);
    }
    if (!furthest || edit.end >= furthest.end) furthest = edit;
  }
  return found;
}
