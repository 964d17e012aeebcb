import { TerminalError } from '../../../case/errors.ts';
import type { Session } from './ends.ts';
import { quoteName, quoteText } from './identifiers.ts';

/** A database of its own, owned by a user who is nothing else; nobody else may enter it. */
export async function createPostgresqlTarget(
  administrator: Session,
  { database, user, password }: { database: string; user: string; password: string },
): Promise<void> {
  const { rowCount } = await administrator.query('SELECT FROM pg_catalog.pg_database WHERE datname = $1', [
    database,
  ]);
  if (rowCount)
    throw new TerminalError(`移行先にデータベース ${database} が既にあります。何も変更していません。`);
  const role = quoteName(user);
  await administrator.query(
    `CREATE ROLE ${role} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD ${quoteText(password)}`,
  );
  await administrator.query(`GRANT ${role} TO CURRENT_USER`);
  await administrator.query(
    `CREATE DATABASE ${quoteName(database)} OWNER ${role} ENCODING 'UTF8' TEMPLATE template0`,
  );
  await administrator.query(`REVOKE ALL ON DATABASE ${quoteName(database)} FROM PUBLIC`);
}
