import { countFruitless } from '../../fruitless.ts';
import * as keys from '../../keys.ts';
import type { DatabaseJob } from '../job.ts';

/** `made`: this call has run a statement, or taken in rows, that no call before had. Throws TerminalError. */
export function countFruitlessReplays(job: DatabaseJob, plan: string, made: boolean): Promise<void> {
  return countFruitless(
    job,
    `${keys.chunkState(job, plan, 1)}.calls`,
    made,
    'ダンプを続きまで読むだけで1回の処理時間が終わり、取り込みが進みません。取り込み済みの分は保持しています。' +
      '時間をおいて再開するか、移行元のデータベースに直接、またはSSHトンネルで接続する方法に切り替えてください。',
  );
}
