import type { Session } from './ends.ts';
import { quoteName, quoteText } from './identifiers.ts';

/** The database, or a role of the user's name, is there: either may be somebody else's. */
export async function standsInPostgresql(
  administrator: Session,
  { database, user }: { database: string; user: string },
): Promise<boolean> {
  return (await databaseStands(administrator, database)) || (await roleStands(administrator, user));
}

async function databaseStands(administrator: Session, name: string): Promise<boolean> {
  const found = await administrator.query('SELECT FROM pg_catalog.pg_database WHERE datname = $1', [name]);
  return found.rowCount === 1;
}

async function roleStands(administrator: Session, name: string): Promise<boolean> {
  const found = await administrator.query('SELECT FROM pg_catalog.pg_roles WHERE rolname = $1', [name]);
  return found.rowCount === 1;
}

/** A database of its own, owned by a user who is nothing else; nobody else may enter it. Again, it finishes what was begun. */
export async function createPostgresqlTarget(
  administrator: Session,
  { database, user, password }: { database: string; user: string; password: string },
): Promise<void> {
  const role = quoteName(user);
  if (!(await roleStands(administrator, user))) {
    await administrator.query(
      `CREATE ROLE ${role} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD ${quoteText(password)}`,
    );
  }
  await administrator.query(`GRANT ${role} TO CURRENT_USER`);
  if (!(await databaseStands(administrator, database))) {
    await administrator.query(
      `CREATE DATABASE ${quoteName(database)} OWNER ${role} ENCODING 'UTF8' TEMPLATE template0`,
    );
  }
  await administrator.query(`REVOKE ALL ON DATABASE ${quoteName(database)} FROM PUBLIC`);
}
