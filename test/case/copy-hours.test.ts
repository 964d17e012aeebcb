import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  type CopyHours,
  copyDays,
  copyHoursAnswers,
  copyHoursOf,
  copyHoursText,
  endsAt,
  isWithin,
  nextStart,
} from '../../functions/case/copy-hours.ts';
import { InvalidInputError } from '../../functions/case/errors.ts';
import { type Posted, parseForm } from '../../functions/case/form.ts';
import { formFor } from '../../functions/case/forms/index.ts';
import { sampleSettings as settings } from '../../functions/case/sample-settings.ts';
import { workTime } from '../../functions/case/work-time.ts';
import { now, postedHearingSheet, sampleCase, submitted } from './sample-case.ts';

const minute = 60_000;
const week = 7 * 24 * 60;

const time = fc
  .tuple(fc.integer({ min: 0, max: 23 }), fc.constantFrom(0, 1, 15, 30, 59))
  .map(([hour, past]) => `${String(hour).padStart(2, '0')}:${String(past).padStart(2, '0')}`);
const anyHours: fc.Arbitrary<CopyHours> = fc.record({
  from: time,
  to: time,
  days: fc.subarray([...copyDays], { minLength: 1 }),
});
/** Ten years, so that year ends and leap days are among them; to the minute, and just before and after one. */
const anyNow = fc
  .tuple(fc.integer({ min: 0, max: 10 * 366 * 24 * 60 }), fc.constantFrom(-1, 0, 1))
  .map(([minutes, off]) => new Date(Date.UTC(2026, 0, 1) + minutes * minute + off));

/** Minutes since Sunday 0:00 in Japan: by arithmetic on the epoch (1970 began on a Thursday), not by the calendar. */
function minuteOfWeek(at: Date): number {
  const minutes = Math.floor(at.getTime() / minute) + 9 * 60 + 4 * 24 * 60;
  return ((minutes % week) + week) % week;
}
const minutesOf = (text: string) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3));

function expected({ from, to, days }: CopyHours, at: Date): boolean {
  const length = (minutesOf(to) - minutesOf(from) + 24 * 60 - 1) % (24 * 60);
  return days.some((day) => {
    const begins = copyDays.indexOf(day) * 24 * 60 + minutesOf(from);
    return (minuteOfWeek(at) - begins + week) % week <= length;
  });
}

describe('R23: the hours in which copies may be taken, in Japan', () => {
  test('are those of the clock and the weekday, over midnight and over the week’s end', () => {
    fc.assert(
      fc.property(anyHours, anyNow, (hours, at) => {
        expect(isWithin(hours, at)).toBe(expected(hours, at));
      }),
      { numRuns: 3000 },
    );
  });

  test('end where the next minute is outside, and not before', () => {
    fc.assert(
      fc.property(anyHours, anyNow, fc.double({ min: 0, max: 1, noNaN: true }), (hours, at, share) => {
        const end = endsAt(hours, at);
        if (!isWithin(hours, at)) return expect(end).toEqual(at);
        const between = new Date(at.getTime() + Math.floor((end.getTime() - 1 - at.getTime()) * share));
        expect(isWithin(hours, between)).toBe(true);
        const always = hours.from === hours.to && hours.days.length === 7;
        expect(isWithin(hours, end)).toBe(always);
      }),
      { numRuns: 3000 },
    );
  });

  test('begin next at the first moment that clock and weekday allow', () => {
    fc.assert(
      fc.property(anyHours, anyNow, (hours, at) => {
        const start = nextStart(hours, at);
        expect(start.getTime() % minute).toBe(0);
        expect(start >= at && start.getTime() - at.getTime() <= 7 * 24 * 60 * minute).toBe(true);
        const begins = hours.days.map((day) => copyDays.indexOf(day) * 24 * 60 + minutesOf(hours.from));
        expect(begins).toContain(minuteOfWeek(start));
        const first = Math.ceil(at.getTime() / minute) * minute;
        const waits = begins.map((one) => (one - minuteOfWeek(new Date(first)) + week) % week);
        expect(start.getTime()).toBe(first + Math.min(...waits) * minute);
      }),
      { numRuns: 3000 },
    );
  });

  test.each([
    [['22:00', '06:00'], undefined, '毎日 22:00から翌6:00まで'],
    [['09:30', '12:00'], ['saturday', 'monday'], '月・土 9:30から12:00まで'],
    [['00:00', '00:00'], ['sunday', 'saturday'], '土・日 終日'],
    [['22:00', '22:00'], ['friday'], '金 22:00から24時間'],
  ])('%j on %j reads %s', ([from = '', to = ''], days, text) => {
    expect(copyHoursText({ from, to, days: (days as CopyHours['days']) ?? copyDays })).toBe(text);
  });
});

describe('how they are asked', () => {
  const parse = (posted: Posted) =>
    parseForm(formFor('hearing-sheet', sampleCase(), settings, now), { ...postedHearingSheet, ...posted });

  test('two times and the weekdays; without weekdays every day', () => {
    const said = parse({ copyDays: ['saturday', 'sunday'] });
    const c = sampleCase({ forms: { 'hearing-sheet': submitted('hearing-sheet', said) } });
    expect(copyHoursOf(c)).toEqual({ from: '22:00', to: '06:00', days: ['saturday', 'sunday'] });
    const daily = sampleCase({ forms: { 'hearing-sheet': submitted('hearing-sheet', parse({})) } });
    expect(copyHoursOf(daily)?.days).toEqual(copyDays);
  });

  test.each<Posted>([{ copyFrom: '' }, { copyTo: '' }, { copyFrom: '24:00' }, { copyDays: 'someday' }])(
    '%j is asked again',
    (posted) => {
      expect(() => parse(posted)).toThrow(InvalidInputError);
    },
  );

  test('any time, or no answer, is no bound, whatever else was left in the chapter', () => {
    for (const copyHours of ['any', '']) {
      const said = parse({ copyHours });
      const c = sampleCase({ forms: { 'hearing-sheet': submitted('hearing-sheet', said) } });
      expect(copyHoursOf(c)).toBeUndefined();
    }
  });

  test('what was said last counts, and is what the next form opens with', () => {
    const hours = (copyFrom: string) => ({ copyHours: 'limited', copyFrom, copyTo: '06:00' });
    const forms = {
      'hearing-sheet': submitted('hearing-sheet', hours('20:00'), '2026-11-01T00:00:00.000Z'),
      'migration-details': submitted('migration-details', hours('22:00'), '2026-11-03T00:00:00.000Z'),
      'source-access': submitted('source-access', hours('21:00'), '2026-11-02T00:00:00.000Z'),
    };
    expect(copyHoursOf({ forms })?.from).toBe('22:00');
    expect(copyHoursAnswers({ forms })).toEqual(hours('22:00'));
    const freed = submitted('migration-details', { copyHours: 'any' }, '2026-11-04T00:00:00.000Z');
    expect(copyHoursOf({ forms: { ...forms, 'migration-details': freed } })).toBeUndefined();
  });
});

describe('together with the agreed window', () => {
  const least = 20_000;
  const from = (at: string, windowEndsAt: string, hours: object = { copyHours: 'limited' }) => {
    const details = {
      startsAt: '2026-12-01T00:00:00.000Z',
      windowEndsAt,
      copyFrom: '22:00',
      copyTo: '06:00',
      ...hours,
    };
    const forms = { 'migration-details': submitted('migration-details', details) };
    return workTime(sampleCase({ forms }), new Date(at), least);
  };
  const days = '2026-12-05T00:00:00.000Z';

  test.each<[string, string, unknown]>([
    // 23:00 in Japan, until 6:00.
    ['2026-12-01T14:00:00.000Z', days, { until: Date.parse('2026-12-01T21:00:00.000Z') }],
    // The window is over first.
    [
      '2026-12-01T14:00:00.000Z',
      '2026-12-01T15:00:00.000Z',
      { until: Date.parse('2026-12-01T15:00:00.000Z') },
    ],
    // 6:00, and a moment before it: a step would stop as soon as it has begun.
    ['2026-12-01T21:00:00.000Z', days, { waitUntil: new Date('2026-12-02T13:00:00.000Z') }],
    ['2026-12-01T20:59:45.000Z', days, { waitUntil: new Date('2026-12-02T13:00:00.000Z') }],
    // No hours are left in the window; the window is over.
    [
      '2026-12-01T22:00:00.000Z',
      '2026-12-02T13:00:10.000Z',
      { closed: expect.stringContaining('毎日 22:00から翌6:00まで') },
    ],
    [days, days, { closed: expect.stringContaining('作業時間の終わり') }],
    ['2026-12-04T23:59:45.000Z', days, { closed: expect.stringContaining('作業時間の終わり') }],
  ])('at %s with a window until %s', (at, windowEndsAt, time) => {
    expect(from(at, windowEndsAt)).toEqual(time);
  });

  test('without hours the window alone counts', () => {
    expect(from('2026-12-02T03:00:00.000Z', days, { copyHours: 'any' })).toEqual({ until: Date.parse(days) });
  });
});
