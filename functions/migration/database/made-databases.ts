import type { TargetDatabaseAccess } from '../../case/database-access.ts';
import type { Vault } from '../../case/ports.ts';
import { createDatabaseTarget } from './create-target.ts';
import type { DatabaseMove } from './pair-databases.ts';

/** Where the site connects from when it runs beside its database or anywhere in the target's network. */
const siteHosts = ['localhost', '%'];

/** Where the access under `secret` keeps what was made for its database of this index. */
export const madeName = (secret: string, index: number) => `${secret}.made.${index + 1}`;

/**
 * Where an administrator was named, makes the target's databases and users once; their new passwords are kept
 * in the vault. Empty where the databases are there already.
 */
export async function madeDatabases(
  keep: { vault: Vault; caseId: string; secret: string },
  { administrator }: TargetDatabaseAccess,
  moves: readonly DatabaseMove[],
  policy: { allowedAddresses: readonly string[] },
): Promise<{ password: string }[]> {
  if (!administrator) return [];
  const made: { password: string }[] = [];
  for (const [index, { target }] of moves.entries()) {
    const { database, user } = target;
    const password = await createDatabaseTarget(
      { ...target, ...administrator, database: target.engine === 'postgresql' ? 'postgres' : '' },
      { database, user, hosts: siteHosts },
      { ...keep, name: madeName(keep.secret, index) },
      policy,
    );
    made.push({ password });
  }
  return made;
}
