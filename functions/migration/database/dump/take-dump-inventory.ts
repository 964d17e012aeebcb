import type { DatabaseDump } from '../../../case/database-access.ts';
import { TerminalError } from '../../../case/errors.ts';
import { dataKey } from '../../data-key.ts';
import { type Plan, readPlan } from '../../plan-chunks.ts';
import type { DatabaseJob } from '../job.ts';
import { MysqlEnd } from '../mysql/ends.ts';
import { standingAt } from '../mysql/target-objects.ts';
import { planRanges } from '../plan-ranges.ts';
import { checkAccount } from './mysql-session.ts';
import { openDump } from './open-dump.ts';
import { scanMysqlDump } from './scan-mysql-dump.ts';

/** Reads the whole dump, runs nothing of it, and plans its replay into an empty database. */
export async function takeDumpInventory(job: DatabaseJob, dump: DatabaseDump): Promise<Plan> {
  const planned = await readPlan(job);
  if (planned) return planned;
  const startedAt = new Date().toISOString();
  await dataKey(job.vault, job.caseId);
  const end = new MysqlEnd(job.target, '移行先', job);
  try {
    const target = await end.connect();
    await checkAccount(target, job.target.database);
    const { tables, views } = await standingAt(target);
    if (tables.size + views.size > 0) {
      throw new TerminalError(
        '移行先のデータベースが空ではありません。何も変更していません。空のデータベースを用意してから再開してください。',
      );
    }
    const { lines } = await scanMysqlDump(openDump(job.objects, dump), target);
    if (lines.length === 0)
      throw new TerminalError('ダンプにテーブルがありません。ファイルをご確認ください。');
    return await planRanges(job, lines, startedAt, { oneChunk: true });
  } finally {
    await end.close();
  }
}
