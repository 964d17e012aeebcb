import type { Case } from './case.ts';
import { type Authorship, Decision } from './decision.ts';
import { VersionConflictError } from './errors.ts';
import { NotFoundError, type Ports } from './ports.ts';
import { nextReminder } from './reminders.ts';

/**
 * Loads, decides, commits; when somebody else was faster, loads and decides again. `decide` must be pure: it may run
 * several times. A decision that notes and sends nothing writes nothing.
 */
export async function changeCase<T>(
  ports: Pick<Ports, 'records' | 'clock' | 'settings'>,
  caseId: string,
  author: Omit<Authorship, 'at'>,
  decide: (decision: Decision) => T,
): Promise<{ case: Case; result: T }> {
  for (let attempt = 1; ; attempt += 1) {
    const before = await ports.records.load(caseId);
    if (!before) throw new NotFoundError(`案件 ${caseId} はありません。`);
    const decision = new Decision(before, { ...author, at: ports.clock.now() });
    const result = decide(decision);
    if (!decision.touched) return { case: before, result };
    const reminder = nextReminder(decision.case, ports.settings);
    if (reminder) decision.case.nextReminderAt = reminder.at.toISOString();
    else delete decision.case.nextReminderAt;
    try {
      await ports.records.commit(decision.toChange());
      return { case: decision.case, result };
    } catch (error) {
      if (!(error instanceof VersionConflictError) || attempt === 20) throw error;
    }
  }
}
