import type { Connection } from 'mysql2';
import { type DatabaseLine, linePath, remembered } from '../line.ts';
import { explain, isRefusal } from './explain.ts';
import { quoteName, quotePlain } from './identifiers.ts';
import { attempt, execute, type Row, refusalOf, rowsOf } from './query.ts';
import { isOn } from './rights.ts';

/** What one account may do with one database, or with one table of it. */
export interface Grant {
  user: string;
  host: string;
  /** Absent: the whole database. */
  table?: string;
  /** `SELECT`, `UPDATE (a, b)`; without the right to pass them on. */
  privileges: string[];
}

const listings = [
  'SELECT GRANTEE AS grantee, TABLE_SCHEMA AS place, NULL AS `table`, PRIVILEGE_TYPE AS privilege, NULL AS `column` FROM information_schema.SCHEMA_PRIVILEGES',
  'SELECT GRANTEE AS grantee, TABLE_SCHEMA AS place, TABLE_NAME AS `table`, PRIVILEGE_TYPE AS privilege, NULL AS `column` FROM information_schema.TABLE_PRIVILEGES',
  'SELECT GRANTEE AS grantee, TABLE_SCHEMA AS place, TABLE_NAME AS `table`, PRIVILEGE_TYPE AS privilege, COLUMN_NAME AS `column` FROM information_schema.COLUMN_PRIVILEGES',
];

/** Of every account that the session may see, those on this database; roles have no host and are listed alike. */
export async function readGrants(connection: Connection, database: string): Promise<Grant[]> {
  const grants = new Map<string, { grant: Grant; columns: Map<string, string[]> }>();
  for (const listing of listings) {
    for (const row of await rowsOf(connection, listing)) {
      const account = accountOf(row);
      if (!account || row.privilege === 'USAGE' || !isOn(`\`${row.place}\`.*`, database)) continue;
      const key = JSON.stringify([account.user, account.host, row.table]);
      const known = grants.get(key) ?? {
        grant: { ...account, ...(row.table !== null && { table: String(row.table) }), privileges: [] },
        columns: new Map<string, string[]>(),
      };
      grants.set(key, known);
      const privilege = String(row.privilege);
      if (row.column === null) known.grant.privileges.push(privilege);
      else
        known.columns.set(privilege, [
          ...(known.columns.get(privilege) ?? []),
          quoteName(String(row.column)),
        ]);
    }
  }
  return [...grants.values()].map(({ grant, columns }) => ({
    ...grant,
    privileges: [
      ...grant.privileges,
      ...[...columns].map(([privilege, names]) => `${privilege} (${names.sort().join(', ')})`),
    ].sort(),
  }));
}

/** `'user'@'host'`, in which nothing is escaped. */
function accountOf({ grantee }: Row): { user: string; host: string } | undefined {
  const [, user, host] = /^'(.*)'@'([^']*)'$/s.exec(String(grantee)) ?? [];
  return user === undefined || host === undefined ? undefined : { user, host };
}

export const grantName = ({ user, host, table }: Grant) =>
  `${user}@${host}${table === undefined ? '' : ` ${table}`}`;

export function grantLine(grant: Grant): DatabaseLine {
  const name = grantName(grant);
  return { ...linePath('grants', name), kind: 'grant', name, size: 0 };
}

/** `database.table TO 'user'@'host'`, as GRANT and REVOKE end. */
export function onAccount(
  { user, host, table }: Pick<Grant, 'user' | 'host' | 'table'>,
  database: string,
  word: ' TO ' | ' FROM ',
): string {
  const place =
    table === undefined
      ? `${quoteName(database.replaceAll(/[_%\\]/g, '\\$&'))}.*`
      : `${quoteName(database)}.${quoteName(table)}`;
  return `${place}${word}${quotePlain(user)}@${quotePlain(host)}`;
}

/**
 * Gives an account of the same name at the target the same rights, under the hosts that it has there: those of the source
 * mean nothing in another network. Where there is none, or the target's user may not, the line holds the statement.
 */
export async function makeGrant(target: Connection, grant: Grant, database: string): Promise<DatabaseLine> {
  const line = grantLine(grant);
  const statement = (host: string) =>
    `GRANT ${grant.privileges.join(', ')} ON ${onAccount({ ...grant, host }, database, ' TO ')}`;
  const asked = statement('(移行先のホスト)');
  const left = (why: string): DatabaseLine => ({
    ...line,
    outcome: 'skipped',
    why: `${why}。必要なら移行先の管理者が実行してください: ${asked}`.slice(0, 2000),
  });
  const hosts = await hostsOf(target, grant.user);
  if (hosts.length === 0) return left(`移行先にユーザー ${grant.user} が見当たりません`);
  for (const host of hosts) {
    try {
      await execute(target, statement(host));
    } catch (error) {
      if (!isRefusal(error)) throw explain(error, '移行先', '権限の設定');
      return left(`移行先のユーザーではこの権限を付けられません(エラー${refusalOf(error)})`);
    }
  }
  const given = remembered(hosts.map(statement));
  if (hosts.length === 1 && hosts[0] === grant.host) return { ...line, outcome: 'moved', ...given };
  return { ...line, ...given, outcome: 'altered', how: `ホスト ${grant.host} → ${hosts.join('、')}` };
}

/** Of accounts that are there: a GRANT must not make one. */
async function hostsOf(target: Connection, user: string): Promise<string[]> {
  const all = 'SELECT User AS user, Host AS host FROM mysql.user';
  if (await attempt(target, `${all} LIMIT 0`)) {
    const rows = await rowsOf(target, `${all} WHERE User = ${quotePlain(user)} ORDER BY Host`);
    return rows.map(({ host }) => String(host)).filter((host) => host !== '');
  }
  const seen = await rowsOf(
    target,
    'SELECT DISTINCT GRANTEE AS grantee FROM information_schema.USER_PRIVILEGES',
  );
  return seen.flatMap((row) => {
    const account = accountOf(row);
    return account?.user === user && account.host !== '' ? [account.host] : [];
  });
}

/** At the target, under whatever host, with every right of the source's. */
export async function standsGrant(target: Connection, grant: Grant, database: string): Promise<boolean> {
  const there = await readGrants(target, database);
  return there.some(
    ({ user, table, privileges }) =>
      user === grant.user &&
      table === grant.table &&
      grant.privileges.every((privilege) => covers(privileges, privilege)),
  );
}

/** As it is, for the whole table, or for more columns. */
export function covers(privileges: readonly string[], privilege: string): boolean {
  const [verb, columns] = columnsOf(privilege);
  return privileges.some((one) => {
    if (one === privilege || one === verb) return true;
    const [same, more] = columnsOf(one);
    return same === verb && columns.length > 0 && columns.every((column) => more.includes(column));
  });
}

/** `UPDATE (`a`, `b`)`: names are in backticks. */
function columnsOf(privilege: string): [string, string[]] {
  const [verb = ''] = privilege.split(' (`');
  return [verb, privilege.slice(verb.length).match(/`(?:[^`]|``)+`/g) ?? []];
}
