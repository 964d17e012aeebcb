import type { Connection } from 'mysql2';
import type { DatabaseLine } from '../line.ts';
import { definitionHash } from './ends.ts';
import { makeGrant } from './grants.ts';
import { quoteName } from './identifiers.ts';
import { makeObjects } from './make-objects.ts';
import { foldsNames, twinOf, twinsOf } from './names.ts';
import { execute } from './query.ts';
import { readRewriteContext } from './rewrite-context.ts';
import type { Schema } from './schema.ts';
import { hashesOf, objectsAt } from './stored-hash.ts';
import { definitionAt } from './target-objects.ts';

interface Finishing {
  source: Connection;
  target: Connection;
  schema: Schema;
  /** Of the plan: tables with outcomes, the other objects without. */
  lines: readonly DatabaseLine[];
  targetDatabase: string;
}

/** Counters as the source has them now, then what stands on the rows: routines, views, triggers, events. */
export async function finishDefinitions({ source, target, schema, lines, targetDatabase }: Finishing) {
  const context = await readRewriteContext(source, target, {
    sourceDatabase: schema.database,
    targetDatabase,
  });
  const tables: DatabaseLine[] = [];
  for (const line of lines.filter(({ kind }) => kind === 'table')) {
    tables.push(await finishTable(target, schema, line));
  }
  const planned = lines.filter(({ kind, outcome }) => kind !== 'table' && outcome === undefined);
  const twins = twinsOf(schema, await foldsNames(target));
  const single = schema.objects.filter(({ kind, name }) => twinOf(twins, kind, name) === undefined);
  const made = await makeObjects(target, single, context);
  for (const grant of schema.grants) made.push(await makeGrant(target, grant, targetDatabase));
  const hashes = hashesOf(await objectsAt(target));
  const noted = new Map(planned.map((line) => [line.path, line.how]));
  const marked = made.map((line) => withHistory(line, hashes.get(line.path ?? ''), noted.get(line.path)));
  const byPath = new Map(made.map((line) => [line.path, line]));
  // What was planned and is gone, or could not be made, stays in the list; what is new since comes in.
  const gone = planned
    .filter(({ path }) => !byPath.has(path))
    .map((line) => ({ ...line, outcome: 'skipped' as const, why: '移行の途中で移行元からなくなりました' }));
  const settled = lines.filter(({ kind, outcome }) => kind !== 'table' && outcome !== undefined);
  return [...tables, ...settled, ...marked, ...gone];
}

/** `hash`: as the target has it now. `noted`: what was seen of it before it was made again. */
function withHistory(line: DatabaseLine, hash: string | undefined, noted: string | undefined): DatabaseLine {
  if (line.outcome === 'skipped' || line.kind === 'grant') return line;
  const how = [line.how, noted].filter((one) => one !== undefined).join('、');
  return {
    ...line,
    ...(how !== '' && { outcome: 'altered', how }),
    ...(hash !== undefined && { targetSha256: hash }),
  };
}

/** AUTO_INCREMENT beyond the highest row is kept: a number that was used once is not given to another row. */
async function finishTable(target: Connection, schema: Schema, line: DatabaseLine): Promise<DatabaseLine> {
  if (line.outcome === 'skipped') return line;
  const table = schema.tables.find(({ name }) => name === line.name);
  const counter = table && counterOf(table.create);
  if (counter === undefined) return line;
  const now = await definitionAt(target, line.name);
  if (counterOf(now) !== counter) {
    await execute(target, `ALTER TABLE ${quoteName(line.name)} AUTO_INCREMENT = ${counter}`);
  }
  const made = await definitionAt(target, line.name);
  const set = counterOf(made);
  return { ...line, targetSha256: definitionHash(made), ...(set !== undefined && { counter: set }) };
}

export function counterOf(create: string): string | undefined {
  return / AUTO_INCREMENT=(\d+)/.exec(create)?.[1];
}
