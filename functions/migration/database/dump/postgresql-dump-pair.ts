import type { DatabaseDump } from '../../../case/database-access.ts';
import * as keys from '../../keys.ts';
import { readJson } from '../../ndjson.ts';
import { readPlan } from '../../plan-chunks.ts';
import type { DatabaseJob } from '../job.ts';
import { type DatabaseLine, isRows } from '../line.ts';
import type { Comparison, VerifiedPair } from '../pair.ts';
import { canBeDescribed } from '../postgresql/describe-definition.ts';
import { PostgresqlEnd } from '../postgresql/ends.ts';
import { explain } from '../postgresql/explain.ts';
import { dropMarks } from '../postgresql/marks.ts';
import { compareContent, contentOf, contentRemarks } from './compare-content.ts';
import { compareReplayed } from './compare-replayed.ts';
import type { ContentState } from './content-state.ts';
import { describePostgresql } from './describe-postgresql.ts';
import { replayed } from './enter-replayed-lines.ts';
import { checkRole } from './postgresql-account.ts';
import { PostgresqlContent } from './postgresql-content.ts';
import { readPostgresqlRows } from './read-postgresql-rows.ts';
import type { PostgresqlReplay } from './replay-postgresql-dump.ts';
import { type Replayed, readReplayed } from './replayed-definitions.ts';
import { isPartOfAnother } from './scan-postgresql-dump.ts';

/** A dump and the database that it was replayed into. */
export class PostgresqlDumpPair implements VerifiedPair {
  readonly #job: DatabaseJob;
  readonly #dump: DatabaseDump;
  readonly #end: PostgresqlEnd;
  #content: ContentState | undefined;
  #replayed: Replayed = { now: new Map(), altered: new Map() };

  constructor(job: DatabaseJob, dump: DatabaseDump) {
    this.#job = job;
    this.#dump = dump;
    this.#end = new PostgresqlEnd(job.target, '移行先', job);
  }

  async finish(lines: readonly DatabaseLine[]): Promise<DatabaseLine[]> {
    const plan = await readPlan(this.#job);
    const state = await readJson<PostgresqlReplay>(
      this.#job.objects,
      keys.chunkState(this.#job, plan?.id ?? '', 1),
    );
    // Not by the replay: its end is known only once it stands with the copies.
    await (await this.#end.connect()).query(dropMarks);
    const why = state?.why ?? {};
    return [...lines.map((line) => (line.outcome ? line : replayed(line, why))), ...partsThatFailed(why)];
  }

  async prepare(plan: string): Promise<boolean> {
    try {
      const session = await this.#end.connect();
      await checkRole(session);
      const content = new PostgresqlContent(session);
      const read = readPostgresqlRows(this.#job, this.#dump, content);
      this.#content = await compareContent(this.#job, plan, content, read);
      this.#end.discard(session);
      if (this.#content === undefined) return false;
      const own = await this.#end.connect();
      this.#replayed = await readReplayed(this.#job, plan, (lines) => describePostgresql(own, lines));
      return true;
    } catch (error) {
      throw explain(error, '移行先', '照合');
    }
  }

  async compare(line: DatabaseLine): Promise<Comparison> {
    if (isRows(line)) return contentOf(this.#content, line);
    // Kinds that cannot be described were run without an error, which is all that can be said.
    return canBeDescribed(line) ? compareReplayed(this.#replayed, line) : { result: 'match' };
  }

  remarks(): string[] {
    return contentRemarks(this.#content);
  }

  close(): Promise<void> {
    return this.#end.close();
  }
}

/** What goes with another object, as its description or its counter's value, and could not be made. */
function partsThatFailed(why: Readonly<Record<string, string>>): DatabaseLine[] {
  return Object.entries(why).flatMap(([path, reason]) => {
    const [, kind = '', name = ''] = /^\.\/([^/]*)\/(.*)$/s.exec(path) ?? [];
    return isPartOfAnother(kind) ? [{ path, kind, name, size: 0, outcome: 'skipped', why: reason }] : [];
  });
}
