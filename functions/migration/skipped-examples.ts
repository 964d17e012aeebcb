import type { TransferSummary } from '../case/case.ts';
import type { Objects } from '../case/ports.ts';
import { readLines } from './ndjson.ts';
import type { ObjectLine } from './object-line.ts';
import { shortened, shownName } from './shown-name.ts';

/** As many as a page shows; the ledger has all of them. */
const most = 10;
/** A ledger can have millions of lines: examples are looked for among the first. */
const looked = 100_000;

/** Some of what a transfer left out, and why, in words. */
export async function skippedExamples(
  objects: Objects,
  { ledgerKey, skipped }: Pick<TransferSummary, 'ledgerKey' | 'skipped'>,
): Promise<NonNullable<TransferSummary['examples']>> {
  const examples: { object: string; reason: string }[] = [];
  if (skipped === 0) return examples;
  let lines = 0;
  for await (const line of readLines<ObjectLine>(objects, ledgerKey)) {
    lines += 1;
    if (line.outcome === 'skipped')
      examples.push({ object: shownName(line), reason: shortened(line.why ?? '理由は移行記録にあります') });
    if (examples.length >= Math.min(most, skipped) || lines >= looked) break;
  }
  return examples;
}
