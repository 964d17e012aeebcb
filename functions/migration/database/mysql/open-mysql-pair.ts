import type { DatabaseServer } from '../../../case/database-access.ts';
import type { DatabaseJob } from '../job.ts';
import { MysqlEnd } from './ends.ts';
import { MysqlPair } from './mysql-pair.ts';

export async function openMysqlPair(job: DatabaseJob, source: DatabaseServer): Promise<MysqlPair> {
  const policy = { allowedAddresses: job.allowedAddresses };
  return new MysqlPair(
    job,
    new MysqlEnd(source, '移行元', policy),
    new MysqlEnd(job.target, '移行先', policy),
  );
}
