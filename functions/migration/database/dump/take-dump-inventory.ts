import type { DatabaseDump } from '../../../case/database-access.ts';
import { TerminalError } from '../../../case/errors.ts';
import { dataKey } from '../../data-key.ts';
import { type Plan, readPlan } from '../../plan-chunks.ts';
import type { DatabaseJob } from '../job.ts';
import type { DatabaseLine } from '../line.ts';
import { MysqlEnd } from '../mysql/ends.ts';
import { standingAt } from '../mysql/target-objects.ts';
import { planRanges } from '../plan-ranges.ts';
import { PostgresqlEnd } from '../postgresql/ends.ts';
import { checkAccount } from './mysql-session.ts';
import { openDump } from './open-dump.ts';
import { checkRole } from './postgresql-account.ts';
import { eventsOf } from './replay-postgresql-dump.ts';
import { scanMysqlDump } from './scan-mysql-dump.ts';
import { scanPostgresqlDump } from './scan-postgresql-dump.ts';

/** Reads the whole dump, runs nothing of it, and plans its replay into an empty database. */
export async function takeDumpInventory(job: DatabaseJob, dump: DatabaseDump): Promise<Plan> {
  const planned = await readPlan(job);
  if (planned) return planned;
  const startedAt = new Date().toISOString();
  await dataKey(job.vault, job.caseId);
  const lines = await (dump.engine === 'mysql' ? scanForMysql(job, dump) : scanForPostgresql(job, dump));
  if (lines.length === 0) throw new TerminalError('ダンプにテーブルがありません。ファイルをご確認ください。');
  return planRanges(job, lines, startedAt, { oneChunk: true });
}

async function scanForMysql(job: DatabaseJob, dump: DatabaseDump): Promise<DatabaseLine[]> {
  const end = new MysqlEnd(job.target, '移行先', job);
  try {
    const target = await end.connect();
    await checkAccount(target, job.target.database);
    // A replay that begins anew drops what it finds: of any kind, nothing may be somebody else's.
    if (Object.values(await standingAt(target)).some((names) => names.size > 0)) throw notEmpty();
    return (await scanMysqlDump(openDump(job.objects, dump), target)).lines;
  } finally {
    await end.close();
  }
}

async function scanForPostgresql(job: DatabaseJob, dump: DatabaseDump): Promise<DatabaseLine[]> {
  const end = new PostgresqlEnd(job.target, '移行先', job);
  try {
    const target = await end.connect();
    await checkRole(target);
    const { rowCount } = await target.query(
      `SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
       WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' LIMIT 1`,
    );
    if (rowCount) throw notEmpty();
    return await scanPostgresqlDump(eventsOf(job, dump));
  } finally {
    await end.close();
  }
}

function notEmpty(): TerminalError {
  return new TerminalError(
    '移行先のデータベースが空ではありません。何も変更していません。空のデータベースを用意してから再開してください。',
  );
}
