import holidays from './holidays.json' with { type: 'json' };

/**
 * Dates as Japan counts them, by arithmetic alone: JST is UTC+9 all year round since 1951, so neither the machine's time
 * zone nor Intl is asked. A day is a string `YYYY-MM-DD`; an instant is a Date.
 */
export type Day = string;

const hour = 3_600_000;
const day = 24 * hour;
const jst = 9 * hour;
const weekdays = ['日', '月', '火', '水', '木', '金', '土'];

/** The day that it is in Japan at this instant. */
export function dayOf(instant: Date): Day {
  return new Date(instant.getTime() + jst).toISOString().slice(0, 10);
}

/** `2026-11-24 10:00`: the minute that it is in Japan at this instant. */
export function minuteOf(instant: Date): string {
  return new Date(instant.getTime() + jst).toISOString().slice(0, 16).replace('T', ' ');
}

/** The instant at which clocks in Japan show this time on this day. */
export function atJst(on: Day, hours = 0, minutes = 0, seconds = 0, milliseconds = 0): Date {
  const [year, month, date] = split(on);
  return new Date(Date.UTC(year, month - 1, date, hours, minutes, seconds, milliseconds) - jst);
}

/** The last instant of the day in Japan, 23:59:59.999. */
export function endOfDay(on: Day): Date {
  return atJst(on, 23, 59, 59, 999);
}

export function addDays(on: Day, days: number): Day {
  const [year, month, date] = split(on);
  return new Date(Date.UTC(year, month - 1, date) + days * day).toISOString().slice(0, 10);
}

/** 0 is Sunday. */
export function weekday(on: Day): number {
  const [year, month, date] = split(on);
  return new Date(Date.UTC(year, month - 1, date)).getUTCDay();
}

/** A real day of the calendar, 1000 to 9999: `2026-02-30` is none. */
export function isDay(text: string): boolean {
  const match = /^[1-9]\d{3}-(\d{2})-(\d{2})$/.exec(text);
  if (!match || Number(match[1]) > 12 || Number(match[2]) > 31) return false;
  const instant = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(instant.getTime()) && instant.toISOString().slice(0, 10) === text;
}

/** The name of the holiday, by holidays.json; after its last year only weekends are known, and this says undefined. */
export function holiday(on: Day): string | undefined {
  return (holidays.dates as Record<string, string>)[on];
}

export function isBusinessDay(on: Day): boolean {
  const number = weekday(on);
  return number !== 0 && number !== 6 && holiday(on) === undefined;
}

/** `on` itself, or the first business day after it. */
export function businessDayFrom(on: Day): Day {
  let found = on;
  while (!isBusinessDay(found)) found = addDays(found, 1);
  return found;
}

/** `2026年11月24日(火)` */
export function formatDay(on: Day): string {
  const [year, month, date] = split(on);
  return `${year}年${month}月${date}日(${weekdays[weekday(on)]})`;
}

/** `2026年11月24日(火)` */
export function formatDate(instant: Date): string {
  return formatDay(dayOf(instant));
}

/** `2026年11月24日(火) 10:00` */
export function formatDateTime(instant: Date): string {
  return `${formatDate(instant)} ${minuteOf(instant).slice(11)}`;
}

function split(on: Day): [number, number, number] {
  if (!isDay(on)) throw new RangeError(`not a day: ${on.slice(0, 32)}`);
  return [Number(on.slice(0, 4)), Number(on.slice(5, 7)), Number(on.slice(8, 10))];
}
