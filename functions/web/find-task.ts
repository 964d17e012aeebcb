import type { Case, Task } from '../case/case.ts';
import { isLate } from '../case/complete-task.ts';
import { isLinkToken, linkHash } from '../case/link-token.ts';
import type { Ports } from '../case/ports.ts';
import { tasks } from '../case/tasks.ts';

export interface FoundTask {
  c: Case;
  task: Task;
  /** What a visitor with this link may do now. */
  state: 'open' | 'done' | 'late';
}

/** For how long a used link still shows what was handed in. */
const showsAnswersFor = 30 * 24 * 3_600_000;

/** The step that a link opens. Undefined for unknown, withdrawn and long-used links: all of them get the same page. */
export async function findTask(ports: Ports, token: string): Promise<FoundTask | undefined> {
  if (!isLinkToken(token)) return undefined;
  const found = await ports.records.findLink(linkHash(token));
  const c = found && (await ports.records.load(found.caseId));
  const task = c?.tasks.find((candidate) => candidate.id === found?.taskId);
  if (!c || !task || tasks[task.kind].actor !== 'customer') return undefined;
  const now = ports.clock.now();
  switch (task.status) {
    case 'open':
      return { c, task, state: isLate(task, now.toISOString()) ? 'late' : 'open' };
    case 'expired':
      return { c, task, state: 'late' };
    case 'completed': {
      const recent = now.getTime() - Date.parse(task.completedAt ?? task.openedAt) < showsAnswersFor;
      return recent ? { c, task, state: 'done' } : undefined;
    }
    case 'withdrawn':
      return undefined;
  }
}
