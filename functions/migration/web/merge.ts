import type { ObjectLine } from '../object-line.ts';
import { pathOf } from '../object-line.ts';
import { comparePositions } from '../position.ts';
import type { Found } from './walk.ts';

/** One position in the ledger, at the source and at the target; what is absent there is undefined. */
export interface Aligned {
  path: Buffer;
  line: ObjectLine | undefined;
  source: Found | undefined;
  target: Found | undefined;
  /** Below a directory that is only at the target: nothing is to be told of it. */
  isPassedOver?: true;
}

/** The three in one pass. Nothing is pulled from any of them before the one who asks has dealt with what it gave last. */
export async function* alignThree(
  ledger: AsyncIterator<ObjectLine>,
  source: AsyncIterator<Found>,
  target: AsyncIterator<Found>,
): AsyncGenerator<Aligned> {
  let [line, atSource, atTarget] = await Promise.all([ledger.next(), source.next(), target.next()]);
  for (;;) {
    const heads = [
      line.done ? undefined : pathOf(line.value),
      atSource.done ? undefined : atSource.value.path,
      atTarget.done ? undefined : atTarget.value.path,
    ];
    const present = heads.filter((head) => head !== undefined);
    const path = present.reduce(
      (least, head) => (comparePositions(head, least) < 0 ? head : least),
      present[0]!,
    );
    if (!path) return;
    const [inLedger, inSource, inTarget] = heads.map((head) => head?.equals(path) ?? false);
    yield {
      path,
      line: inLedger ? line.value : undefined,
      source: inSource ? atSource.value : undefined,
      target: inTarget ? atTarget.value : undefined,
    };
    if (inLedger) line = await ledger.next();
    if (inSource) atSource = await source.next();
    if (inTarget) atTarget = await target.next();
  }
}
