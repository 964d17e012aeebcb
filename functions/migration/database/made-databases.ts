import { createHash } from 'node:crypto';
import type { DatabaseLogIn, DatabaseServer, TargetDatabaseAccess } from '../../case/database-access.ts';
import type { Vault } from '../../case/ports.ts';
import { createDatabaseTarget } from './create-target.ts';
import type { DatabaseMove } from './pair-databases.ts';

/** Where the vault keeps what was made for a database: the same, however often the details are registered again. */
export function madeName(
  { host, port }: Pick<DatabaseServer, 'host' | 'port'>,
  logIn: Omit<DatabaseLogIn, 'password'>,
) {
  const named = JSON.stringify([host, port, logIn.database, logIn.user]);
  return `made-database.${createHash('sha256').update(named).digest('hex').slice(0, 32)}`;
}

/**
 * Where an administrator was named, makes the target's databases and users once; their new passwords are kept
 * in the vault. Empty where the databases are there already.
 */
export async function madeDatabases(
  keep: { vault: Vault; caseId: string },
  { administrator }: TargetDatabaseAccess,
  moves: readonly DatabaseMove[],
  policy: { allowedAddresses: readonly string[] },
): Promise<{ password: string }[]> {
  if (!administrator) return [];
  const made: { password: string }[] = [];
  for (const { target } of moves) {
    const { database, user } = target;
    const password = await createDatabaseTarget(
      asAdministrator(target, administrator),
      { database, user },
      { ...keep, name: madeName(target, target) },
      policy,
    );
    made.push({ password });
  }
  return made;
}

/** The server as its administrator enters it, whatever databases there are. */
export function asAdministrator(
  server: DatabaseServer,
  administrator: NonNullable<TargetDatabaseAccess['administrator']>,
): DatabaseServer {
  return { ...server, ...administrator, database: server.engine === 'postgresql' ? 'postgres' : '' };
}
