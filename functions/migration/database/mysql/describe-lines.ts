import type { Connection } from 'mysql2';
import type { Description } from '../description.ts';
import type { DatabaseLine } from '../line.ts';
import { asTheyStand } from './definition-reading.ts';
import { counterOf } from './finish-definitions.ts';
import { foldsNames } from './names.ts';
import { rowOf } from './query.ts';
import { readDefinitions } from './read-definitions.ts';
import { createStatement } from './read-tables.ts';
import { objectsAt } from './stored-hash.ts';
import { withStatement } from './table-texts.ts';

/** Definitions of the session's own database as its server has them, by path; what is not there is left out. */
export async function describeLines(
  target: Connection,
  lines: readonly DatabaseLine[],
): Promise<Map<string, Description>> {
  const { account } = await rowOf(target, 'SELECT CURRENT_USER() AS account');
  const folds = await foldsNames(target);
  const objects = await objectsAt(target);
  const there = await readDefinitions(target, objects, asTheyStand({ account: String(account), folds }), {
    folds,
  });
  const described = new Map<string, Description>();
  for (const { kind, name, path = '' } of lines) {
    const found = there.of(kind, name);
    if (!found) continue;
    if (kind === 'sequence')
      found.facts.次の番号 = objects.find((one) => one.kind === kind && one.name === name)?.next;
    const create = kind === 'table' ? await createStatement(target, name) : undefined;
    if (typeof create === 'string') {
      found.facts.AUTO_INCREMENT = counterOf(create) ?? null;
      described.set(path, withStatement(found, create, { folds, texts: true }));
    } else if (create === undefined) described.set(path, found);
  }
  return described;
}
