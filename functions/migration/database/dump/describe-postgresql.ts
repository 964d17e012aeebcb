import type { Description } from '../description.ts';
import type { DatabaseLine } from '../line.ts';
import { canBeDescribed, describeLines, stands } from '../postgresql/describe-definition.ts';
import type { Session } from '../postgresql/ends.ts';
import { sequenceValue } from '../postgresql/sequence-value.ts';

/** What a dump has made, by path: nobody but the dump has set its counters. */
export async function describePostgresql(
  target: Session,
  lines: readonly DatabaseLine[],
): Promise<Map<string, Description>> {
  const described = await describeLines(target, lines);
  for (const line of lines.filter(canBeDescribed)) {
    const found = described.get(line.path ?? '');
    if (found && line.kind === 'sequence') found.facts.次の番号 = await sequenceValue(target, line);
    // Older versions of pg_dump name a routine's types otherwise: of those all that can be said is that they are there.
    if (!found && (await stands(target, line))) described.set(line.path ?? '', { facts: {}, texts: {} });
  }
  return described;
}
