import type { Connection } from 'mysql2';
import { type Grant, readGrants } from './grants.ts';
import { quoteName, quotePlain } from './identifiers.ts';
import { execute, rowOf } from './query.ts';
import { readObjects } from './read-objects.ts';
import { readTables } from './read-tables.ts';
import type { Schema } from './schema.ts';
import { serverKind } from './server-kind.ts';

/** The whole of a database's structure, through a session that beginSource has prepared. */
export async function readSchema(connection: Connection, database: string): Promise<Schema> {
  await execute(connection, `USE ${quoteName(database)}`);
  const of = await rowOf(
    connection,
    'SELECT DEFAULT_CHARACTER_SET_NAME AS charset, DEFAULT_COLLATION_NAME AS collation ' +
      `FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = ${quotePlain(database)}`,
  );
  const schema: Schema = {
    database,
    charset: String(of.charset ?? ''),
    collation: String(of.collation ?? ''),
    tables: [],
    objects: [],
    grants: await grantsOfOthers(connection, database),
    unreadable: [],
  };
  await readTables(connection, database, schema);
  await readObjects(connection, await serverKind(connection), schema);
  return schema;
}

async function grantsOfOthers(connection: Connection, database: string): Promise<Grant[]> {
  const { account } = await rowOf(connection, 'SELECT CURRENT_USER() AS account');
  const own = String(account).replace(/@[^@]*$/, '');
  return (await readGrants(connection, database)).filter(({ user }) => user !== own);
}
