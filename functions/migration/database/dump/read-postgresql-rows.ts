import type { DatabaseDump } from '../../../case/database-access.ts';
import { timeIsShort } from '../../job.ts';
import type { DatabaseJob } from '../job.ts';
import type { DatabaseLine } from '../line.ts';
import { judge } from '../postgresql/policy.ts';
import type { ReadRows } from './compare-content.ts';
import type { PostgresqlContent } from './postgresql-content.ts';
import { behindRows, eventsOf } from './replay-postgresql-dump.ts';
import { lineOf } from './scan-postgresql-dump.ts';

/** Under the replay's policy, of a dump that was replayed: of its statements only INSERT and COPY run. */
export function readPostgresqlRows(
  job: DatabaseJob,
  dump: DatabaseDump,
  content: PostgresqlContent,
): ReadRows {
  return async (lines, { place: { statements, rows } }, sums) => {
    let number = 0;
    let copying: { line: DatabaseLine; text: string; seen: number } | undefined;
    for await (const event of eventsOf(job, dump)) {
      if (event.kind === 'end of rows') copying = undefined;
      else if (event.kind === 'statement') {
        copying = undefined;
        const isNew = number++ >= statements;
        if (judge(event.text) === 'pass over' || !isNew) continue;
        const line = lines.get(lineOf(event.heading, number).path ?? '');
        if (!line) continue;
        const { text } = event;
        if (/^COPY\b/i.test(text)) copying = { line, text, seen: 0 };
        else if (/^INSERT\b/i.test(text)) {
          if (timeIsShort(job)) return false;
          const behind = { statements: number, rows: 0 };
          await sums.take(line, text.length, behind, () => content.insert(line, text));
        }
      } else if (copying) {
        const { line, text } = copying;
        // Of the COPY that an earlier call stopped in: its rows are in the sums.
        const there = number === statements + 1 ? Math.min(Math.max(rows - copying.seen, 0), event.count) : 0;
        copying.seen += event.count;
        if (there === event.count) continue;
        if (timeIsShort(job)) return false;
        const piece = behindRows(event.content, there);
        const behind = { statements: number - 1, rows: copying.seen };
        await sums.take(line, piece.length, behind, () => content.copyRows(line, text, piece));
      }
    }
    return true;
  };
}
