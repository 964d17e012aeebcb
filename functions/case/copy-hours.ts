import { addDays, atJst, type Day, dayOf, weekday } from './calendar.ts';
import type { Case } from './case.ts';

/** In the order of weekday(). */
export const copyDays = [
  'sunday',
  'monday',
  'tuesday',
  'wednesday',
  'thursday',
  'friday',
  'saturday',
] as const;
export type CopyDay = (typeof copyDays)[number];

export const copyDayNames: Readonly<Record<CopyDay, string>> = {
  monday: '月',
  tuesday: '火',
  wednesday: '水',
  thursday: '木',
  friday: '金',
  saturday: '土',
  sunday: '日',
};

/** The hours in which a customer lets copies be taken (R23): clocks in Japan, `from` inclusive, `to` exclusive. */
export interface CopyHours {
  /** `22:00` */
  from: string;
  /** Not later than `from`: on the next day. */
  to: string;
  /** On which the hours begin. */
  days: readonly CopyDay[];
}

const saidIn = ['hearing-sheet', 'source-access', 'migration-details'] as const;
const answers = ['copyHours', 'copyFrom', 'copyTo', 'copyDays'] as const;

/** What was answered last, by the customer or in what was arranged with them: for a form that asks again. */
export function copyHoursAnswers({ forms }: Pick<Case, 'forms'>): Record<string, string | string[]> {
  const said = saidIn
    .flatMap((kind) => forms[kind] ?? [])
    .filter(({ value }) => value.copyHours !== undefined)
    .sort((a, b) => (a.at < b.at ? -1 : 1))
    .at(-1)?.value;
  const given = answers.filter((name) => said?.[name] !== undefined);
  return Object.fromEntries(given.map((name) => [name, said![name] as string | string[]]));
}

/** Undefined is any time. */
export function copyHoursOf(c: Pick<Case, 'forms'>): CopyHours | undefined {
  const { copyHours, copyFrom, copyTo, copyDays: days } = copyHoursAnswers(c);
  if (copyHours !== 'limited' || !copyFrom || !copyTo) return undefined;
  return { from: String(copyFrom), to: String(copyTo), days: (days as CopyDay[] | undefined) ?? copyDays };
}

export function isWithin(hours: CopyHours, now: Date): boolean {
  return current(hours, now) !== undefined;
}

/** When the hours that `now` is in are over, hours that follow without a gap included; `now` itself outside of them. */
export function endsAt(hours: CopyHours, now: Date): Date {
  let end = now;
  // A week is enough: who may always copy begins another one.
  for (let days = 0; days <= 7; days += 1) {
    const next = current(hours, end);
    if (!next) break;
    end = next.end;
  }
  return end;
}

/** When hours begin next, `now` included. */
export function nextStart(hours: CopyHours, now: Date): Date {
  const today = dayOf(now);
  for (let ahead = 0; ahead <= 7; ahead += 1) {
    const { start } = stretch(hours, addDays(today, ahead));
    if (hours.days.includes(dayName(addDays(today, ahead))) && start >= now) return start;
  }
  throw new RangeError('these hours have no days');
}

/** `毎日 22:00から翌6:00まで` */
export function copyHoursText({ from, to, days }: CopyHours): string {
  const names = (Object.keys(copyDayNames) as CopyDay[]).filter((day) => days.includes(day));
  const on = names.length === 7 ? '毎日' : names.map((day) => copyDayNames[day]).join('・');
  const clock = (text: string) => text.replace(/^0/, '');
  if (from === to) return from === '00:00' ? `${on} 終日` : `${on} ${clock(from)}から24時間`;
  return `${on} ${clock(from)}から${to < from ? '翌' : ''}${clock(to)}まで`;
}

/** Hours of today, or of yesterday and past midnight. */
function current(hours: CopyHours, now: Date): { start: Date; end: Date } | undefined {
  const today = dayOf(now);
  return [addDays(today, -1), today]
    .filter((on) => hours.days.includes(dayName(on)))
    .map((on) => stretch(hours, on))
    .find(({ start, end }) => start <= now && now < end);
}

function stretch({ from, to }: CopyHours, on: Day): { start: Date; end: Date } {
  return { start: at(on, from), end: at(to > from ? on : addDays(on, 1), to) };
}

function at(on: Day, time: string): Date {
  return atJst(on, Number(time.slice(0, 2)), Number(time.slice(3)));
}

function dayName(on: Day): CopyDay {
  return copyDays[weekday(on)]!;
}
