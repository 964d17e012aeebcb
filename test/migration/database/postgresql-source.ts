import { execFileSync } from 'node:child_process';
import pg from 'pg';
import type { DatabaseServer } from '../../../functions/case/database-access.ts';
import type { PostgresqlServer } from '../../servers/postgresql.ts';

export async function run(server: PostgresqlServer, database: string, sql: string): Promise<pg.QueryResult> {
  const { host, port, user } = server;
  const client = new pg.Client({ host, port, user, database });
  await client.connect();
  try {
    return await client.query(sql);
  } finally {
    await client.end();
  }
}

export function access({ host, port, user }: PostgresqlServer, database: string): DatabaseServer {
  return { engine: 'postgresql', host, port, user, password: '', database, tls: 'none' };
}

/** A peer that knows nothing of ours. */
export function dumpOf({ port }: PostgresqlServer, name: string): string {
  const options = [
    '-h',
    '127.0.0.1',
    '-p',
    String(port),
    '-U',
    'postgres',
    '--no-owner',
    '--inserts',
    '--rows-per-insert=1',
  ];
  const text = execFileSync('pg_dump', [...options, name], { maxBuffer: 1 << 28 }).toString();
  const lines = text.replaceAll(/^(\\(un)?restrict .*|--.*|SET .*|)$/gm, '').split('\n');
  return [
    ...lines.filter((line) => line.startsWith('INSERT')).sort(),
    ...lines.filter((line) => line !== '' && !line.startsWith('INSERT')),
  ].join('\n');
}
