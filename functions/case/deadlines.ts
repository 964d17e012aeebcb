import { addDays, atJst, businessDayFrom, dayOf, endOfDay } from './calendar.ts';
import type { Deadline } from './settings.ts';

/**
 * The last instant at which a submission counts (R37): `days` calendar days after the day of opening, which is not
 * counted, at 23:59:59.999 JST; on the next business day where the deadline says so.
 */
export function dueAt(deadline: Deadline, openedAt: Date): Date {
  const last = addDays(dayOf(openedAt), deadline.days);
  return endOfDay(deadline.rollToBusinessDay ? businessDayFrom(last) : last);
}

/** Whether a submission at `now` still counts. The last millisecond does. */
export function isInTime(due: Date, now: Date): boolean {
  return now.getTime() <= due.getTime();
}

/** The last instant of a quote's validity: counted as a deadline is, and never rolled. */
export function validUntil(days: number, from: Date): Date {
  return endOfDay(addDays(dayOf(from), days));
}

export interface Reminding {
  deadline: Deadline;
  openedAt: Date;
  dueAt: Date;
  /** Reminders that went out, or that a late sweep passed over. */
  sent: number;
}

/** Ten at most, whatever the settings say. */
const cap = 10;

/**
 * When the next reminder goes out: 10:00 JST on the configured days after opening, in order, each once. Undefined when
 * all have gone, or when the next would come after the deadline.
 */
export function nextReminderAt({ deadline, openedAt, dueAt: due, sent }: Reminding): Date | undefined {
  const at = reminders(deadline, openedAt)[sent];
  return at && at.getTime() < due.getTime() ? at : undefined;
}

function reminders(deadline: Deadline, openedAt: Date): Date[] {
  const days = [...new Set(deadline.remindAfterDays)].sort((a, b) => a - b).slice(0, cap);
  return days.map((days) => atJst(addDays(dayOf(openedAt), days), 10));
}
