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
import { emptyMysqlTarget, standingPaths } from './empty-mysql-target.ts';
import {
  emptyPostgresqlTarget,
  standingPaths as postgresqlPaths,
  standingInPostgresql,
} from './empty-postgresql-target.ts';
import { madeEarlier, refuseOthers } from './made-earlier.ts';
import { checkAccount } from './mysql-session.ts';
import { openDump } from './open-dump.ts';
import { checkRole } from './postgresql-account.ts';
import { eventsOf } from './replay-postgresql-dump.ts';
import { scanMysqlDump } from './scan-mysql-dump.ts';
import { scanPostgresqlDump } from './scan-postgresql-dump.ts';

/**
 * Reads the whole dump, runs nothing of it, and plans its replay into an empty database. What an earlier replay of the same
 * transfer has made goes, once the dump is known to be good: the database is empty then.
 */
export async function takeDumpInventory(job: DatabaseJob, dump: DatabaseDump): Promise<Plan> {
  const planned = await readPlan(job);
  if (planned) return planned;
  const startedAt = new Date().toISOString();
  await dataKey(job.vault, job.caseId);
  const lines = await (dump.engine === 'mysql' ? scanForMysql(job, dump) : scanForPostgresql(job, dump));
  if (!lines.some(isToBeMade))
    throw new TerminalError('ダンプにテーブルがありません。ファイルをご確認ください。');
  return planRanges(job, lines, startedAt, { oneChunk: true });
}

const isToBeMade = ({ outcome }: DatabaseLine) => outcome === undefined;

async function scanForMysql(job: DatabaseJob, dump: DatabaseDump): Promise<DatabaseLine[]> {
  const end = new MysqlEnd(job.target, '移行先', job);
  try {
    const target = await end.connect();
    await checkAccount(target, job.target.database);
    // A replay that begins anew drops what it finds: of any kind, nothing may be somebody else's.
    refuseOthers(standingPaths(await standingAt(target)), await madeEarlier(job));
    const { lines } = await scanMysqlDump(inHalfACall(job, openDump(job.objects, dump)), target);
    if (lines.some(isToBeMade)) await emptyAnew(job);
    return lines;
  } finally {
    await end.close();
  }
}

async function scanForPostgresql(job: DatabaseJob, dump: DatabaseDump): Promise<DatabaseLine[]> {
  const end = new PostgresqlEnd(job.target, '移行先', job);
  try {
    const target = await end.connect();
    await checkRole(target);
    const made = await madeEarlier(job);
    refuseOthers(postgresqlPaths(await standingInPostgresql(target), made), made);
    const lines = await scanPostgresqlDump(inHalfACall(job, eventsOf(job, dump)));
    if (lines.some(isToBeMade)) await emptyPostgresqlTarget(target, made);
    return lines;
  } finally {
    await end.close();
  }
}

/** In a session of its own: the scan has run the dump's SETs in the other. */
async function emptyAnew(job: DatabaseJob): Promise<void> {
  const end = new MysqlEnd(job.target, '移行先', job);
  try {
    await emptyMysqlTarget(await end.connect());
  } finally {
    await end.close();
  }
}

/**
 * A replay that is broken off reads the dump from its beginning again: one that takes longer to read than half of a call
 * would come to no end. Throws TerminalError.
 */
async function* inHalfACall<T>(job: DatabaseJob, pieces: AsyncIterable<T>): AsyncGenerator<T> {
  const half = job.remaining() / 2;
  for await (const piece of pieces) {
    if (job.remaining() < half) {
      throw new TerminalError(
        'ダンプが大きく、1回の処理時間の半分で読み終えられません。移行先は変更していません。移行元のデータベースに直接、またはSSHトンネルで接続する方法に切り替えるか、データベースを分けたダンプをご用意ください。',
      );
    }
    yield piece;
  }
}
