import type { Connection } from 'mysql2';
import { type DatabaseLine, linePath, remembered, withdrawnWhy } from '../line.ts';
import { covers, type Grant, grantName, onAccount, readGrants } from './grants.ts';

/**
 * What an earlier run has given, the source has taken back since, and the target still has: told with the statement, and
 * never taken back by itself.
 */
export async function withdrawnGrants(
  target: Connection,
  previous: ReadonlyMap<string, DatabaseLine>,
  now: readonly Grant[],
  database: string,
): Promise<DatabaseLine[]> {
  const given = [...previous.values()].flatMap((line) => line.given ?? []);
  if (given.length === 0) return [];
  const lines: DatabaseLine[] = [];
  for (const there of await readGrants(target, database)) {
    const own = given.filter((statement) => statement.endsWith(` ON ${onAccount(there, database, ' TO ')}`));
    const atSource = now
      .filter(({ user, table }) => user === there.user && table === there.table)
      .flatMap(({ privileges }) => privileges);
    const left = there.privileges.filter(
      (privilege) => own.some((statement) => lists(statement, privilege)) && !covers(atSource, privilege),
    );
    if (left.length > 0) lines.push(withdrawn(there, left, atSource, database, own));
  }
  return lines;
}

function lists(statement: string, privilege: string): boolean {
  const list = statement.slice('GRANT '.length, statement.indexOf(' ON '));
  return `, ${list}, `.includes(`, ${privilege}, `);
}

function withdrawn(
  grant: Grant,
  left: readonly string[],
  atSource: readonly string[],
  database: string,
  given: string[],
): DatabaseLine {
  const revoke = `REVOKE ${left.join(', ')} ON ${onAccount(grant, database, ' FROM ')};`;
  // Of columns the REVOKE takes more than it should: those that stay are given again.
  const verbs = new Set(left.filter((one) => one.includes('(')).map((one) => one.split(' (')[0]));
  const kept = atSource.filter((one) => one.includes('(') && verbs.has(one.split(' (')[0]));
  const again = kept.length > 0 ? ` GRANT ${kept.join(', ')} ON ${onAccount(grant, database, ' TO ')};` : '';
  return {
    ...linePath('withdrawn grants', grantName(grant)),
    kind: 'withdrawn grant',
    name: grantName(grant),
    size: 0,
    outcome: 'skipped',
    why: `${withdrawnWhy}: ${revoke}${again}`.slice(0, 2000),
    ...remembered(given),
  };
}
