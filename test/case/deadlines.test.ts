import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  addDays,
  businessDayFrom,
  dayOf,
  formatDateTime,
  holiday,
  isBusinessDay,
  isDay,
  weekday,
} from '../../functions/case/calendar.ts';
import { dueAt, isInTime, nextReminderAt, validUntil } from '../../functions/case/deadlines.ts';
import holidays from '../../functions/case/holidays.json' with { type: 'json' };

const deadline = { days: 10, rollToBusinessDay: false, remindAfterDays: [3, 7, 9] };
const at = (text: string) => new Date(text);

test.each([
  ['2026-11-24T01:00:00Z', '2026-12-04T14:59:59.999Z'],
  ['2026-11-24T14:59:59.999Z', '2026-12-04T14:59:59.999Z'], // the last moment of the 24th in Japan
  ['2026-11-24T15:00:00.000Z', '2026-12-05T14:59:59.999Z'], // the 25th
  ['2028-02-19T03:00:00Z', '2028-02-29T14:59:59.999Z'], // leap year
  ['2027-02-19T03:00:00Z', '2027-03-01T14:59:59.999Z'],
  ['2026-12-24T03:00:00Z', '2027-01-03T14:59:59.999Z'],
  ['2026-01-31T03:00:00Z', '2026-02-10T14:59:59.999Z'],
])('R37: opened %s, due %s', (opened, due) => {
  expect(dueAt(deadline, at(opened)).toISOString()).toBe(due);
});

test('the last millisecond counts, the next does not', () => {
  const due = dueAt(deadline, at('2026-11-24T01:00:00Z'));
  const around = [-1, 0, 1].map((milliseconds) => isInTime(due, new Date(due.getTime() + milliseconds)));
  expect(around).toEqual([true, true, false]);
});

test('a due day on a weekend or a holiday rolls only where the deadline says so', () => {
  const opened = at('2026-04-22T03:00:00Z'); // ten days on: Saturday, 2 May; then four holidays
  expect(formatDateTime(dueAt(deadline, opened))).toBe('2026年5月2日(土) 23:59');
  expect(formatDateTime(dueAt({ ...deadline, rollToBusinessDay: true }, opened))).toBe(
    '2026年5月7日(木) 23:59',
  );
});

test('validity is counted like a deadline', () => {
  expect(validUntil(30, at('2027-01-30T15:00:00Z')).toISOString()).toBe('2027-03-02T14:59:59.999Z');
});

test('reminders go out at ten in Japan, each once, never after the deadline', () => {
  const openedAt = at('2026-11-24T14:00:00Z');
  const due = dueAt(deadline, openedAt);
  const next = (sent: number, dueAt = due) =>
    nextReminderAt({ deadline, openedAt, dueAt, sent })?.toISOString();
  expect([0, 1, 2, 3].map((sent) => next(sent))).toEqual([
    '2026-11-27T01:00:00.000Z',
    '2026-12-01T01:00:00.000Z',
    '2026-12-03T01:00:00.000Z',
    undefined,
  ]);
  expect(next(1, at('2026-12-01T01:00:00.000Z'))).toBeUndefined();
  expect(next(1, at('2026-12-01T01:00:00.001Z'))).toBe('2026-12-01T01:00:00.000Z');
});

test('reminders are capped and in order, whatever the settings say', () => {
  const days = fc.array(fc.integer({ min: 1, max: 400 }), { maxLength: 40 });
  const moments = fc.date({ min: at('2024-01-01'), max: at('2034-01-01'), noInvalidDate: true });
  fc.assert(
    fc.property(days, fc.integer({ min: 1, max: 366 }), moments, (remindAfterDays, days, openedAt) => {
      const rule = { days, rollToBusinessDay: false, remindAfterDays };
      const due = dueAt(rule, openedAt);
      const sent: Date[] = [];
      for (let next = nextReminderAt({ deadline: rule, openedAt, dueAt: due, sent: 0 }); next; ) {
        sent.push(next);
        next = nextReminderAt({ deadline: rule, openedAt, dueAt: due, sent: sent.length });
      }
      expect(sent.length).toBeLessThanOrEqual(10);
      for (const [index, moment] of sent.entries()) {
        expect(moment.getTime()).toBeGreaterThan(index ? sent[index - 1]!.getTime() : openedAt.getTime());
        expect(moment.getTime()).toBeLessThan(due.getTime());
        expect(moment.toISOString().slice(11)).toBe('01:00:00.000Z');
      }
    }),
  );
});

test('days are added one by one, and every business day is a working one', () => {
  const day = fc.date({ min: at('2000-01-01'), max: at('2090-01-01'), noInvalidDate: true }).map(dayOf);
  fc.assert(
    fc.property(day, fc.integer({ min: 0, max: 800 }), (on, days) => {
      let walked = on;
      for (let step = 0; step < days; step += 1) walked = addDays(walked, 1);
      expect(addDays(on, days)).toBe(walked);
      expect(isDay(walked)).toBe(true);
      const business = businessDayFrom(on);
      expect(business >= on && [1, 2, 3, 4, 5].includes(weekday(business)) && !holiday(business)).toBe(true);
    }),
    { numRuns: 50 },
  );
});

test('holidays: all real days of the years that the file names, with the substitute holidays of the law', () => {
  const days = Object.keys(holidays.dates);
  expect(days.every(isDay)).toBe(true);
  expect(new Set(days.map((day) => Number(day.slice(0, 4))))).toEqual(new Set([2025, 2026, 2027, 2028]));
  for (const day of days.filter((day) => weekday(day) === 0)) {
    let after = addDays(day, 1);
    while (holiday(after) && days.includes(after) && !/休日$/.test(holiday(after)!))
      after = addDays(after, 1);
    expect([day, holiday(after)]).toEqual([day, expect.stringMatching(/休日$/)]);
  }
  expect(isBusinessDay('2026-09-22')).toBe(false); // between two holidays
  expect(isBusinessDay('2029-01-01')).toBe(true); // after the last year only weekends are known
});

test.each(['2026-02-29', '2026-13-01', '2026-00-10', '0000-01-01', '2026-1-1', '２０２６-01-01'])(
  '%s is no day',
  (text) => {
    expect(isDay(text)).toBe(false);
    expect(() => addDays(text, 1)).toThrow(RangeError);
  },
);

test('nothing depends on the time zone of the machine', () => {
  const path = (file: string) =>
    JSON.stringify(fileURLToPath(new URL(`../../functions/case/${file}`, import.meta.url)));
  const script = `
    const { dueAt, nextReminderAt, validUntil } = await import(${path('deadlines.ts')});
    const { formatDateTime, dayOf } = await import(${path('calendar.ts')});
    const { instantOf } = await import(${path('fields/dates.ts')});
    const lines = [];
    for (let n = 0; n < 500; n += 1) {
      const openedAt = new Date(Date.UTC(2026, 0, 1) + n * 61_234_567);
      const deadline = { days: 1 + (n % 40), rollToBusinessDay: n % 2 === 0, remindAfterDays: [1, 3] };
      const due = dueAt(deadline, openedAt);
      lines.push(due.toISOString(), formatDateTime(due), validUntil(n + 1, openedAt).toISOString(), dayOf(openedAt),
        String(nextReminderAt({ deadline, openedAt, dueAt: due, sent: 0 })?.toISOString()), instantOf('2026-03-29 02:30'));
    }
    process.stdout.write(JSON.stringify({ offset: new Date(2026, 6, 1).getTimezoneOffset(), lines }));`;
  const runs = ['UTC', 'Asia/Tokyo', 'America/New_York', 'Pacific/Kiritimati'].map((TZ) =>
    JSON.parse(
      execFileSync(process.execPath, ['--input-type=module', '-e', script], {
        env: { ...process.env, TZ, NODE_OPTIONS: '' },
        encoding: 'utf8',
      }),
    ),
  );
  expect(new Set(runs.map((run) => run.offset)).size).toBe(4);
  for (const run of runs) expect(run.lines).toEqual(runs[0].lines);
  expect(runs[0].lines).toHaveLength(3_000);
});
