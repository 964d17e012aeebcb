import type { Connection } from 'mysql2';
import { linePath } from '../line.ts';
import { quoteName } from '../mysql/identifiers.ts';
import { execute } from '../mysql/query.ts';
import type { StoredKind } from '../mysql/schema.ts';
import { dropObject, type Standing, standingAt } from '../mysql/target-objects.ts';

/** As the ledger of a dump names them. */
export function standingPaths(standing: Standing): string[] {
  const of = (kind: string, names: Iterable<string>) =>
    [...names].map((name) => linePath(`${kind}s`, name).path ?? '');
  return [
    ...of('table', standing.tables),
    ...of('view', standing.views),
    ...of('sequence', standing.sequences),
    ...of('trigger', standing.triggers),
    ...of('event', standing.events),
    ...[...standing.routines].flatMap((routine) => {
      const { kind, name } = routineOf(routine);
      return of(kind, [name]);
    }),
  ];
}

/** Drops all that stands: whoever calls it knows that a replay has made it. */
export async function emptyMysqlTarget(target: Connection): Promise<void> {
  const standing = await standingAt(target);
  for (const name of standing.events) await dropObject(target, { kind: 'event', name });
  for (const name of standing.views) await execute(target, `DROP VIEW IF EXISTS ${quoteName(name)}`);
  for (const name of standing.tables) await execute(target, `DROP TABLE IF EXISTS ${quoteName(name)}`);
  for (const name of standing.sequences) await dropObject(target, { kind: 'sequence', name });
  for (const routine of standing.routines) await dropObject(target, routineOf(routine));
}

/** `package body name`: the kind comes first. */
function routineOf(routine: string): { kind: StoredKind; name: string } {
  const at = routine.startsWith('package body ') ? 12 : routine.indexOf(' ');
  return { kind: routine.slice(0, at) as StoredKind, name: routine.slice(at + 1) };
}
