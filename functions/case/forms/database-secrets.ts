import type { DatabaseLogIn, SourceDatabaseAccess, TargetDatabaseAccess } from '../database-access.ts';
import { readLogIns, wordsOf } from './database-access-questions.ts';
import type { Split } from './split.ts';

const usualPorts = { mysql: 3306, postgresql: 5432 };

const source = (key: string) => `database${key}`;
const target = (key: string) => `targetDatabase${key}`;
const keys = ['Host', 'Port', 'Name', 'User', 'Password', 'More', 'Tls'] as const;
const targetKeys = ['Dumps', 'Administrator', 'AdministratorPassword', 'Repair'] as const;

/**
 * The vault gets a SourceDatabaseAccess under `source-database` and a TargetDatabaseAccess under `target-database`; what
 * stays are how the databases are reached and of what kind they are.
 */
export function splitDatabaseAccess(value: Record<string, unknown>): Split {
  const facts = { ...value };
  const secrets: Record<string, string> = {};
  const from = sourceOf(value);
  if (from) secrets['source-database'] = JSON.stringify(from);
  const to = targetOf(value);
  if (to) secrets['target-database'] = JSON.stringify(to);
  for (const key of keys) {
    delete facts[source(key)];
    delete facts[target(key)];
  }
  for (const key of targetKeys) delete facts[target(key)];
  // Of a chapter that did not concern them.
  if (from?.way === 'dump') delete facts[source('Way')];
  // Accepted where it was asked, and nowhere else.
  if (from && (from.way !== 'direct' || from.tls !== 'none')) delete facts[source('Clear')];
  if (to && (to.way !== 'direct' || to.tls !== 'none')) delete facts[target('Clear')];
  return { facts, secrets };
}

function sourceOf(value: Record<string, unknown>): SourceDatabaseAccess | undefined {
  const { databaseEngine: engine, databaseAccess: access, databaseWay: way } = value as Partial<SourceFacts>;
  if (!engine || !access) return undefined;
  if (access === 'dump') return { way: 'dump', engine };
  if (!way) return undefined;
  return { way, engine, ...endOf(value, source, engine) };
}

function targetOf(value: Record<string, unknown>): TargetDatabaseAccess | undefined {
  const { targetDatabaseEngine: engine, targetDatabaseWay: way } = value as Partial<TargetFacts>;
  if (!engine || !way) return undefined;
  const user = value[target('Administrator')] as string | undefined;
  return {
    way,
    ...endOf(value, target, engine),
    dumps: wordsOf(value[target('Dumps')]),
    repairDoubleEncoding: wordsOf(value[target('Repair')]),
    ...(user && {
      administrator: { user, password: (value[target('AdministratorPassword')] as string) ?? '' },
    }),
  };
}

interface SourceFacts {
  databaseEngine: 'mysql' | 'postgresql';
  databaseAccess: 'login' | 'dump';
  databaseWay: 'web' | 'direct';
}
interface TargetFacts {
  targetDatabaseEngine: 'mysql' | 'postgresql';
  targetDatabaseWay: 'web' | 'direct';
}

function endOf(value: Record<string, unknown>, key: typeof source, engine: 'mysql' | 'postgresql') {
  const text = (name: string) => value[key(name)] as string | undefined;
  const first = { database: text('Name') ?? '', user: text('User') ?? '', password: text('Password') ?? '' };
  const more = readLogIns(text('More'));
  return {
    host: text('Host') ?? '127.0.0.1',
    port: (value[key('Port')] as number | undefined) ?? usualPorts[engine],
    tls: (value[key('Way')] === 'web' ? 'none' : (text('Tls') ?? 'encrypted')) as 'encrypted' | 'none',
    databases: [first, ...(Array.isArray(more) ? more : [])] satisfies DatabaseLogIn[],
  };
}
