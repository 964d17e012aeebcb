import type { Connection } from 'mysql2';
import { TerminalError } from '../../../case/errors.ts';
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

/** Makes the database and its user through an administrator's session; nothing that exists is changed. */
export async function createMysqlTarget(administrator: Connection, target: NewMysqlTarget): Promise<void> {
  const { database, user, hosts, password } = target;
  const { standing } = await rowOf(
    administrator,
    `SELECT COUNT(*) AS standing FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = ${quotePlain(database)}`,
  );
  if (Number(standing) > 0) {
    throw new TerminalError(`移行先にデータベース ${database} が既にあります。何も変更していません。`);
  }
  await execute(administrator, `CREATE DATABASE ${quoteName(database)} CHARACTER SET utf8mb4`);
  // In a grant `_` and `%` are patterns: escaped, the right is on this database and no other.
  const place = `${quoteName(database.replaceAll(/[_%\\]/g, '\\$&'))}.*`;
  for (const host of hosts) {
    const account = `${quotePlain(user)}@${quotePlain(host)}`;
    await execute(administrator, `CREATE USER ${account} IDENTIFIED BY ${quotePlain(password)}`);
    await execute(administrator, `GRANT ${rights} ON ${place} TO ${account}`);
  }
}
