import type { Case, Task } from './case.ts';
import { nextReminderAt } from './deadlines.ts';
import type { Decision } from './decision.ts';
import type { Settings } from './settings.ts';
import { tasks } from './tasks.ts';

/** The earliest reminder that the case's open steps still have coming. */
export function nextReminder(c: Case, settings: Settings): { task: Task; at: Date } | undefined {
  let next: { task: Task; at: Date } | undefined;
  for (const task of c.tasks) {
    const at = task.status === 'open' ? reminderOf(task, settings) : undefined;
    if (at && (!next || at < next.at)) next = { task, at };
  }
  return next;
}

function reminderOf(task: Task, settings: Settings): Date | undefined {
  return nextReminderAt({
    deadline: settings.deadlines[task.kind],
    openedAt: new Date(task.openedAt),
    dueAt: new Date(task.dueAt),
    sent: task.remindersSent,
  });
}

/**
 * Sends the reminders that are due at the decision's time. After a pause of the sweep only one goes out for each step:
 * nobody wants three mails at once.
 */
export function remind(decision: Decision, settings: Settings): void {
  for (const task of decision.case.tasks) {
    if (task.status !== 'open') continue;
    let due = false;
    for (
      let at = reminderOf(task, settings);
      at && at.toISOString() <= decision.at;
      at = reminderOf(task, settings)
    ) {
      task.remindersSent += 1;
      due = true;
    }
    if (!due) continue;
    if (decision.at > task.dueAt) {
      decision.note('reminder-passed-over', { task: task.id });
      continue;
    }
    decision.note('reminded', { task: task.id, reminder: task.remindersSent });
    decision.send({ kind: 'mail', letter: 'task-reminder', to: tasks[task.kind].actor, taskId: task.id });
  }
  // Other settings remind at other times: without a note the case would stay due, and be swept for ever.
  const { nextReminderAt: planned } = decision.case;
  if (!decision.touched && planned && planned <= decision.at) decision.note('reminder-passed-over');
}
