import type { DatabaseDump } from '../../../case/database-access.ts';
import * as keys from '../../keys.ts';
import { readJson } from '../../ndjson.ts';
import { readPlan } from '../../plan-chunks.ts';
import type { DatabaseJob } from '../job.ts';
import { type DatabaseLine, isRows } from '../line.ts';
import { describeLines } from '../mysql/describe-lines.ts';
import { MysqlEnd } from '../mysql/ends.ts';
import { explain } from '../mysql/explain.ts';
import type { Comparison, VerifiedPair } from '../pair.ts';
import { compareContent, contentOf, contentRemarks } from './compare-content.ts';
import { compareReplayed } from './compare-replayed.ts';
import type { ContentState } from './content-state.ts';
import { MysqlContent } from './mysql-content.ts';
import { checkAccount } from './mysql-session.ts';
import { readMysqlRows } from './read-mysql-rows.ts';
import type { ReplayState } from './replay-mysql-dump.ts';
import { type Replayed, readReplayed } from './replayed-definitions.ts';

/** A dump and the database that it was replayed into. */
export class MysqlDumpPair implements VerifiedPair {
  readonly #job: DatabaseJob;
  readonly #dump: DatabaseDump;
  readonly #end: MysqlEnd;
  #content: ContentState | undefined;
  #replayed: Replayed = { now: new Map(), altered: new Map() };

  constructor(job: DatabaseJob, dump: DatabaseDump) {
    this.#job = job;
    this.#dump = dump;
    this.#end = new MysqlEnd(job.target, '移行先', job);
  }

  async finish(lines: readonly DatabaseLine[]): Promise<DatabaseLine[]> {
    const plan = await readPlan(this.#job);
    const state = await readJson<ReplayState>(
      this.#job.objects,
      keys.chunkState(this.#job, plan?.id ?? '', 1),
    );
    return lines.map((line) => {
      if (line.outcome !== undefined) return line;
      const how = state?.how[line.path ?? ''];
      return how ? { ...line, outcome: 'altered', how: how.join('、') } : { ...line, outcome: 'moved' };
    });
  }

  async prepare(plan: string): Promise<boolean> {
    try {
      const target = await this.#end.connect();
      await checkAccount(target, this.#job.target.database);
      const session = await this.#end.connect();
      const content = new MysqlContent(target, session);
      const read = readMysqlRows(this.#job, this.#dump, session, content);
      this.#content = await compareContent(this.#job, plan, content, read);
      this.#end.discard(session);
      if (this.#content === undefined) return false;
      const own = await this.#end.connect();
      this.#replayed = await readReplayed(this.#job, plan, (lines) => describeLines(own, lines));
      return true;
    } catch (error) {
      throw explain(error, '移行先', '照合');
    }
  }

  async compare(line: DatabaseLine): Promise<Comparison> {
    return isRows(line) ? contentOf(this.#content, line) : compareReplayed(this.#replayed, line);
  }

  remarks(): string[] {
    return contentRemarks(this.#content);
  }

  close(): Promise<void> {
    return this.#end.close();
  }
}
