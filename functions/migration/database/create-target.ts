import type { DatabaseServer } from '../../case/database-access.ts';
import type { Vault } from '../../case/ports.ts';
import { createMysqlTarget } from './mysql/create-target.ts';
import { MysqlEnd } from './mysql/ends.ts';
import { explain as explainMysql } from './mysql/explain.ts';
import { newPassword } from './new-password.ts';
import { createPostgresqlTarget } from './postgresql/create-target.ts';
import { PostgresqlEnd } from './postgresql/ends.ts';
import { explain as explainPostgresql } from './postgresql/explain.ts';

export interface NewDatabase {
  database: string;
  user: string;
  /** MySQL: where the site will connect from, as it is at the target; the source's host names mean nothing there. */
  hosts: readonly string[];
}

/**
 * Makes a database and a user with the rights that a site needs, through an administrator's access. The new password goes
 * to the vault, as the whole access under `keep.name`, and nowhere else. Throws TransientError or TerminalError.
 */
export async function createDatabaseTarget(
  administrator: DatabaseServer,
  wanted: NewDatabase,
  keep: { vault: Vault; caseId: string; name: string },
  policy: { allowedAddresses: readonly string[] },
): Promise<void> {
  const password = newPassword();
  const { database, user, hosts } = wanted;
  // Kept first: a password that was set and then lost would leave a database that nobody can enter.
  await keep.vault.put(
    keep.caseId,
    keep.name,
    JSON.stringify({ ...administrator, database, user, password }),
  );
  const isMysql = administrator.engine === 'mysql';
  const end = isMysql
    ? new MysqlEnd({ ...administrator, database: '' }, '移行先', policy)
    : new PostgresqlEnd(administrator, '移行先', policy);
  try {
    if (end instanceof MysqlEnd)
      await createMysqlTarget(await end.connect(), { database, user, hosts, password });
    else await createPostgresqlTarget(await end.connect(), { database, user, password });
  } catch (error) {
    throw (isMysql ? explainMysql : explainPostgresql)(error, '移行先', 'データベースの作成');
  } finally {
    await end.close();
  }
}
