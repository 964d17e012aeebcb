import { addDays, atJst, type Day, dayOf, formatDateTime, formatDay, isDay } from '../calendar.ts';
import { plain, plainDashes } from './text.ts';

export interface Between {
  /** First and last day that are accepted, `YYYY-MM-DD`. */
  from?: Day;
  to?: Day;
}

/** A day: `2026-11-24`, `2026/11/24`, `2026年11月24日`, full width too. The value is `YYYY-MM-DD`. */
export function day({ from, to }: Between = {}) {
  return plain(40)
    .overwrite(written)
    .refine(isDay, { message: '日付を「2026-11-24」の形で入力してください。', abort: true })
    .refine((on) => !from || on >= from, from ? `${formatDay(from)}以降の日付を入力してください。` : '')
    .refine((on) => !to || on <= to, to ? `${formatDay(to)}以前の日付を入力してください。` : '');
}

/** A backup that was made (R19): today at the latest, in Japan, and not years ago. */
export function backupDay(now: Date) {
  const today = dayOf(now);
  return day({ from: addDays(today, -366), to: today });
}

/** Tomorrow at the earliest, two years ahead at the latest. */
export function futureDay(now: Date) {
  const today = dayOf(now);
  return day({ from: addDays(today, 1), to: addDays(today, 731) });
}

/**
 * `2026-11-24T10:00` as Japanese clocks show it, after `after` and within 180 days: an execution of Step Functions lives
 * for a year, and the acceptance must still fit into it. The value is an ISO instant.
 */
export function futureInstant(after: Date) {
  const last = atJst(addDays(dayOf(after), 180));
  return plain(40)
    .overwrite((text) => instantOf(text) ?? '')
    .min(1, { message: '日時を「2026-11-24 10:00」の形で入力してください。', abort: true })
    .refine((text) => text > after.toISOString(), `${formatDateTime(after)}より後の日時を入力してください。`)
    .refine((text) => text <= last.toISOString(), `${formatDateTime(last)}までの日時を入力してください。`);
}

/** Undefined when it is no moment. Without a zone it is JST; `Z` and `+09:00` are understood. */
export function instantOf(typed: string): string | undefined {
  const text = typed.normalize('NFKC').trim();
  const match = /^(\S+?)(?:[T\s]+)(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d{1,3})?)?(Z|\+09:00)?$/.exec(text);
  if (!match) return undefined;
  const on = written(match[1]!);
  const [hours, minutes, seconds] = [Number(match[2]), Number(match[3]), Number(match[4] ?? 0)];
  if (!isDay(on) || hours > 23 || minutes > 59 || seconds > 59) return undefined;
  const shown = atJst(on, hours, minutes, seconds);
  return (match[5] === 'Z' ? new Date(shown.getTime() + 9 * 3_600_000) : shown).toISOString();
}

function written(text: string): string {
  const match = /^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?$/.exec(
    plainDashes(text.normalize('NFKC').trim()),
  );
  return match ? `${match[1]}-${match[2]!.padStart(2, '0')}-${match[3]!.padStart(2, '0')}` : text;
}
