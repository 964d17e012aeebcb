import { TerminalError } from '../../case/errors.ts';
import { type DatabaseJob, isDump } from './job.ts';
import { openMysqlPair } from './mysql/open-mysql-pair.ts';
import type { DatabasePair } from './pair.ts';

/** Reaches both ends of a run. Who opens it closes it. */
export async function openPair(job: DatabaseJob): Promise<DatabasePair> {
  if (job.source.engine !== job.target.engine) {
    throw new TerminalError(
      '移行元と移行先のデータベースの種類が異なります。何も変更していません。移行先をご確認ください。',
    );
  }
  if (isDump(job.source)) throw new TerminalError('ダンプの取り込みは準備中です。');
  return openMysqlPair(job, job.source);
}
