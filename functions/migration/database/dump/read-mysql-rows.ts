import type { Connection } from 'mysql2';
import type { DatabaseDump } from '../../../case/database-access.ts';
import { timeIsShort } from '../../job.ts';
import type { DatabaseJob } from '../job.ts';
import { linePath } from '../line.ts';
import { readCollations } from '../mysql/collations.ts';
import type { ReadRows } from './compare-content.ts';
import type { MysqlContent } from './mysql-content.ts';
import { judge } from './mysql-policy.ts';
import { changeSession } from './mysql-session.ts';
import { MysqlSplitter } from './mysql-splitter.ts';
import { openDump } from './open-dump.ts';

/** Under the replay's policy, of a dump that was replayed: of its statements only INSERTs run, and the SETs that they need. */
export function readMysqlRows(
  job: DatabaseJob,
  dump: DatabaseDump,
  session: Connection,
  content: MysqlContent,
): ReadRows {
  return async (lines, { place }, sums) => {
    const splitter = new MysqlSplitter();
    const own: { database?: string } = {};
    const collations = await readCollations(session);
    const before = place.statements;
    let number = 0;
    for await (const statement of splitter.statements(openDump(job.objects, dump))) {
      const verdict = judge(statement, own);
      const isNew = number++ >= before;
      if (verdict.do !== 'run') continue;
      if (verdict.kind === 'session' && isSetting(statement.words))
        await changeSession(session, statement, splitter, collations);
      if (verdict.kind !== 'rows' || !isNew || !verdict.object) continue;
      const line = lines.get(linePath('rows', verdict.object.name).path ?? '');
      if (!line) continue;
      if (timeIsShort(job)) return false;
      const behind = { statements: number, rows: 0 };
      await sums.take(line, statement.bytes.length, behind, () => content.put(line, statement));
    }
    return true;
  };
}

/** Transactions are ours: one that the dump begins could be one that writes. */
function isSetting(words: ReadonlySet<string>): boolean {
  return words.has('SET') && !words.has('TRANSACTION');
}
