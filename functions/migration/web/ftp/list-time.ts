import type { ListTimes } from './list-line.ts';

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const day = 86_400;

/** Seconds since 1970 of a date and time as a listing writes them; undefined when there is no such day. */
export function instantIn(
  { zone }: Pick<ListTimes, 'zone'>,
  [year, month, date]: readonly [number, number, number],
  [hour, minute, second]: readonly [number, number, number] = [0, 0, 0],
): number | undefined {
  const at = Date.UTC(year, month - 1, date, hour, minute, second);
  if (new Date(at).getUTCDate() !== date || month < 1 || month > 12 || hour > 23) return undefined;
  return Math.max(0, at / 1000 - zone);
}

/** 1 to 12, of `Nov`, `11`, or 0. */
export function monthOf(text: string): number {
  return /^\d+$/.test(text) ? Number(text) : months.indexOf(text.slice(0, 3).toLowerCase()) + 1;
}

/**
 * `ls` leaves the year out for the last six months. The latest year that does not put the time into the future, where a
 * day's grace covers clocks and zones that differ.
 */
export function withoutYear(
  times: ListTimes,
  month: number,
  date: number,
  time: readonly [number, number, number],
): number | undefined {
  const thisYear = new Date((times.now + times.zone) * 1000).getUTCFullYear();
  // A year more for New Year's Eve; eight back for the 29th of February.
  for (let year = thisYear + 1; year >= thisYear - 8; year -= 1) {
    const at = instantIn(times, [year, month, date], time);
    if (at !== undefined && at <= times.now + day) return at;
  }
  return undefined;
}

/** `19:46`, `07:37PM`, `7:37:05`. */
export function timeOfDay(text: string): [number, number, number] {
  const [, hour = '0', minute = '0', second = '0', half] =
    /^(\d{1,2}):(\d{2})(?::(\d{2}))?(?:\.\d+)?\s*([AP]M)?$/i.exec(text) ?? [];
  const twelve = half ? (Number(hour) % 12) + (half.toUpperCase() === 'PM' ? 12 : 0) : Number(hour);
  return [twelve, Number(minute), Number(second)];
}
