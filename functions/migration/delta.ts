import { deliveredOf, type ObjectLine, pathOf } from './object-line.ts';

/**
 * Goes through an inventory and the ledger of the run before, both in inventory order, in one pass. What is as it was
 * when it arrived safely is `unchanged` and keeps its hash (of the same run taken up again: is what it was); whatever
 * else has no outcome yet. What is only in the ledger has gone from the source: the verification finds it at the target
 * and reports it. `seen` is told of every line and of what was known, and of what is only known.
 */
export async function* markUnchanged(
  inventory: AsyncIterable<readonly ObjectLine[]>,
  before: { lines: AsyncIterable<readonly ObjectLine[]>; ownRun: boolean },
  compare: (a: Buffer, b: Buffer) => number,
  seen: (line: ObjectLine | undefined, known: ObjectLine | undefined) => void = () => undefined,
  /** Whether something else is to be delivered than stands at the target, though the source has not changed. */
  isPending: (known: ObjectLine) => boolean = () => false,
): AsyncGenerator<ObjectLine[]> {
  const ledger = before.lines[Symbol.asyncIterator]();
  let ahead: readonly ObjectLine[] = [];
  let at = 0;
  let ended = false;
  /** False when nothing of the ledger is left. */
  const more = async () => {
    while (at >= ahead.length && !ended) {
      const next = await ledger.next();
      ended = next.done === true;
      ahead = next.done ? [] : next.value;
      at = 0;
    }
    return !ended;
  };
  for await (const batch of inventory) {
    const planned: ObjectLine[] = [];
    for (const line of batch) {
      let known: ObjectLine | undefined;
      while (known === undefined && (at < ahead.length || (await more()))) {
        const order = inOrder(ahead[at]!, line, compare);
        if (order > 0) break;
        if (order === 0) known = ahead[at]!;
        else seen(undefined, ahead[at]!);
        at += 1;
      }
      const carried =
        known && line.outcome === undefined && arrived(known) && looksEqual(line, known)
          ? carryOver(line, known, before.ownRun, known.recheck === true || isPending(known))
          : line;
      seen(carried, known);
      planned.push(known ? { ...carried, ...traceOf(carried, known, before.ownRun) } : carried);
    }
    yield planned;
  }
  while (at < ahead.length || (await more())) {
    seen(undefined, ahead[at]!);
    at += 1;
  }
}

/** Most paths are equal, and then their bytes need not be looked at. */
function inOrder(a: ObjectLine, b: ObjectLine, compare: (a: Buffer, b: Buffer) => number): number {
  if (a.path === b.path && a.pathBase64 === b.pathBase64) return 0;
  return compare(pathOf(a), pathOf(b));
}

/** It stands at the target, and the verification has seen it. */
export function arrived(known: ObjectLine): boolean {
  if (known.outcome === undefined || known.outcome === 'skipped') return false;
  return known.verified === 'match' || known.verified === 'kept';
}

function looksEqual(a: ObjectLine, b: ObjectLine): boolean {
  return (
    a.kind === b.kind &&
    a.size === b.size &&
    a.mode === b.mode &&
    a.link === b.link &&
    a.linkBase64 === b.linkBase64 &&
    a.targetPath === b.targetPath &&
    a.targetPathBase64 === b.targetPathBase64 &&
    // A directory's time changes with its content; it is set at the end of each run in any case.
    (a.kind === 'directory' || a.mtime === b.mtime)
  );
}

/** What has to be known of the target when it moves again, or when its own run is taken up again. */
function traceOf(planned: ObjectLine, known: ObjectLine, ownRun: boolean): Partial<ObjectLine> {
  const { mtime } = known;
  const timeIsKept = known.how === undefined || known.verified === 'kept';
  const stood = { size: deliveredOf(known).size, ...(timeIsKept && mtime !== undefined && { mtime }) };
  return {
    ...(planned.outcome === undefined && arrived(known) && { stood }),
    ...(ownRun && known.replaced && { replaced: true }),
  };
}

/** Where equal times prove nothing, only the hashes are carried over: the content is read and compared with them. */
function carryOver(line: ObjectLine, known: ObjectLine, ownRun: boolean, readAgain: boolean): ObjectLine {
  const { how, sha256, fixed } = known;
  const outcome = ownRun && known.outcome && known.verified !== 'kept' ? known.outcome : 'unchanged';
  return {
    ...line,
    ...(!readAgain && { outcome }),
    ...(!readAgain && how !== undefined && { how }),
    ...(sha256 !== undefined && { sha256 }),
    ...(fixed !== undefined && { fixed }),
  };
}
