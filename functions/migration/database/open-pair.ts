import type { DatabaseServer } from '../../case/database-access.ts';
import { TerminalError } from '../../case/errors.ts';
import { MysqlDumpPair } from './dump/mysql-dump-pair.ts';
import { PostgresqlDumpPair } from './dump/postgresql-dump-pair.ts';
import { type DatabaseJob, isDump } from './job.ts';
import { openMysqlPair } from './mysql/open-mysql-pair.ts';
import type { DatabasePair, VerifiedPair } from './pair.ts';
import { PostgresqlPair } from './postgresql/postgresql-pair.ts';

/** Reaches both ends of a run. Who opens it closes it. */
export async function openPair(job: DatabaseJob, source: DatabaseServer): Promise<DatabasePair> {
  checkEngines(job);
  return source.engine === 'mysql' ? openMysqlPair(job, source) : new PostgresqlPair(job, source);
}

/** As openPair; of a dump only the target is there. */
export async function openVerified(job: DatabaseJob): Promise<VerifiedPair> {
  checkEngines(job);
  if (!isDump(job.source)) return openPair(job, job.source);
  const Pair = job.source.engine === 'mysql' ? MysqlDumpPair : PostgresqlDumpPair;
  return new Pair(job, job.source);
}

export function checkEngines({ source, target }: DatabaseJob): void {
  if (source.engine === target.engine) return;
  throw new TerminalError(
    '移行元と移行先のデータベースの種類が異なります。何も変更していません。移行先をご確認ください。',
  );
}
