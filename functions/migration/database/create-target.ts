import * as z from 'zod';
import type { DatabaseServer } from '../../case/database-access.ts';
import { TerminalError } from '../../case/errors.ts';
import type { Vault } from '../../case/ports.ts';
import { createMysqlTarget, siteHosts, standsInMysql } from './mysql/create-target.ts';
import { MysqlEnd } from './mysql/ends.ts';
import { explain as explainMysql } from './mysql/explain.ts';
import { newPassword } from './new-password.ts';
import { createPostgresqlTarget, standsInPostgresql } from './postgresql/create-target.ts';
import { PostgresqlEnd } from './postgresql/ends.ts';
import { explain as explainPostgresql } from './postgresql/explain.ts';

export interface NewDatabase {
  database: string;
  user: string;
  /** MySQL: where the site will connect from; what the server sees of the site's SSH server where it is left out. */
  hosts?: readonly string[];
}

const kept = z.object({ password: z.string(), whole: z.boolean() });

/** Of the database that was made under this name in the vault; undefined before it stands whole. */
export async function madePassword(vault: Vault, caseId: string, name: string): Promise<string | undefined> {
  const text = await vault.get(caseId, name);
  const made = text === undefined ? undefined : kept.parse(JSON.parse(text));
  return made?.whole ? made.password : undefined;
}

/**
 * Makes a database and a user with the rights that a site needs, through an administrator's access, once: called again it
 * finishes what was begun. The new password goes to the vault under `keep.name` and is returned to connect with. Throws
 * TerminalError where one of them was there before, TransientError.
 */
export async function createDatabaseTarget(
  administrator: DatabaseServer,
  wanted: NewDatabase,
  { vault, caseId, name }: { vault: Vault; caseId: string; name: string },
  policy: { allowedAddresses: readonly string[] },
): Promise<string> {
  const begun = await vault.get(caseId, name);
  const earlier = begun === undefined ? undefined : kept.parse(JSON.parse(begun));
  if (earlier?.whole) return earlier.password;
  const { stands, create, close } =
    administrator.engine === 'mysql' ? onMysql(administrator, policy) : onPostgresql(administrator, policy);
  try {
    if (!earlier && (await stands(wanted))) {
      throw new TerminalError(
        `移行先にデータベース ${wanted.database} かユーザー ${wanted.user} が既にあります。何も変更していません。`,
      );
    }
    const password = earlier?.password ?? newPassword();
    const keep = (whole: boolean) => vault.put(caseId, name, JSON.stringify({ password, whole }));
    // Kept first: a password that was set and then lost would leave a database that nobody can enter.
    await keep(false);
    await create({ ...wanted, password });
    await keep(true);
    return password;
  } finally {
    await close();
  }
}

interface Maker {
  stands(wanted: NewDatabase): Promise<boolean>;
  create(wanted: NewDatabase & { password: string }): Promise<void>;
  close(): Promise<void>;
}

function onMysql(administrator: DatabaseServer, policy: { allowedAddresses: readonly string[] }): Maker {
  const end = new MysqlEnd({ ...administrator, database: '' }, '移行先', policy);
  const session = once(() => end.connect());
  return {
    stands: explained(explainMysql, async (wanted: NewDatabase) => standsInMysql(await session(), wanted)),
    create: explained(explainMysql, async (wanted) => {
      const hosts = wanted.hosts ?? (await siteHosts(await session(), administrator.tunnel !== undefined));
      return createMysqlTarget(await session(), { ...wanted, hosts });
    }),
    close: () => end.close(),
  };
}

function onPostgresql(administrator: DatabaseServer, policy: { allowedAddresses: readonly string[] }): Maker {
  const end = new PostgresqlEnd(administrator, '移行先', policy);
  const session = once(() => end.connect());
  return {
    stands: explained(explainPostgresql, async (wanted: NewDatabase) =>
      standsInPostgresql(await session(), wanted),
    ),
    create: explained(explainPostgresql, async (wanted) => createPostgresqlTarget(await session(), wanted)),
    close: () => end.close(),
  };
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

function explained<A, R>(
  explain: (error: unknown, end: '移行先', doing: string) => Error,
  work: (input: A) => Promise<R>,
): (input: A) => Promise<R> {
  return async (input) => {
    try {
      return await work(input);
    } catch (error) {
      throw explain(error, '移行先', 'データベースの作成');
    }
  };
}
