import type { Connection } from 'mysql2';
import { quoteName, quotePlain } from './identifiers.ts';
import { execute, rowOf } from './query.ts';

/** What a site and its move need, on the one database: no FILE, no SUPER, no GRANT OPTION. */
const rights =
  'SELECT, INSERT, UPDATE, DELETE, CREATE, DROP, INDEX, ALTER, REFERENCES, CREATE TEMPORARY TABLES, LOCK TABLES, ' +
  'CREATE VIEW, SHOW VIEW, CREATE ROUTINE, ALTER ROUTINE, EXECUTE, TRIGGER, EVENT';

export interface NewMysqlTarget {
  database: string;
  user: string;
  /** Where the site connects from: `localhost`, an address, a pattern with `%`. */
  hosts: readonly string[];
  /** Random, for the vault alone; letters and digits, so that every configuration file can hold it. */
  password: string;
}

/**
 * Where the site will connect from, in the target server's own words; the source's host names mean nothing there. Through
 * the site's own SSH server we come from where the site does. Directly we come from elsewhere, and every host may enter.
 */
export async function siteHosts(administrator: Connection, isTunnelled: boolean): Promise<string[]> {
  if (!isTunnelled) return ['localhost', '%'];
  const { host } = await rowOf(administrator, "SELECT SUBSTRING_INDEX(USER(), '@', -1) AS host");
  const local = ['localhost', '127.0.0.1', '::1'];
  return local.includes(String(host)) ? local : [String(host)];
}

/** The database, or a user of that name, is there: either may be somebody else's. */
export async function standsInMysql(
  administrator: Connection,
  { database, user }: { database: string; user: string },
): Promise<boolean> {
  const accounts = quotePlain(`${quotePlain(user)}@`);
  const { standing } = await rowOf(
    administrator,
    `SELECT (SELECT COUNT(*) FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = ${quotePlain(database)}) +
       (SELECT COUNT(*) FROM information_schema.USER_PRIVILEGES WHERE LEFT(GRANTEE, CHAR_LENGTH(${accounts})) = ${accounts}) AS standing`,
  );
  return Number(standing) > 0;
}

/** Makes the database and its user through an administrator's session; again, it finishes what was begun. */
export async function createMysqlTarget(administrator: Connection, target: NewMysqlTarget): Promise<void> {
  const { database, user, hosts, password } = target;
  await execute(administrator, `CREATE DATABASE IF NOT EXISTS ${quoteName(database)} CHARACTER SET utf8mb4`);
  // In a grant `_` and `%` are patterns: escaped, the right is on this database and no other.
  const place = `${quoteName(database.replaceAll(/[_%\\]/g, '\\$&'))}.*`;
  for (const host of hosts) {
    const account = `${quotePlain(user)}@${quotePlain(host)}`;
    await execute(
      administrator,
      `CREATE USER IF NOT EXISTS ${account} IDENTIFIED BY ${quotePlain(password)}`,
    );
    await execute(administrator, `GRANT ${rights} ON ${place} TO ${account}`);
  }
}
