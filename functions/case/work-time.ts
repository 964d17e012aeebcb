import type { Case } from './case.ts';
import { copyHoursOf, copyHoursText, endsAt, isWithin, nextStart } from './copy-hours.ts';
import { windowEndsAt } from './schedule-transfers.ts';

/** What may be done now: work until an instant, wait until one, or nothing more, with the reason for staff. */
export type WorkTime = { until: number } | { waitUntil: Date } | { closed: string };

/**
 * The agreed window (R20, R36) and the customer's copy hours (R23) together. Of either, `least` milliseconds must be
 * left: a step that stops as soon as it has begun would be called again and again.
 */
export function workTime(c: Case, now: Date, least: number): WorkTime {
  const window = windowEndsAt(c)?.getTime() ?? Number.POSITIVE_INFINITY;
  const enough = (until: number) => until - now.getTime() > least;
  if (!enough(window)) {
    return {
      closed:
        '登録された作業時間の終わりになったため、移行を中断しました。移行済みの分は保持されています。すぐに続けるか、日時を改めて再開してください。',
    };
  }
  const hours = copyHoursOf(c);
  if (!hours) return { until: window };
  if (isWithin(hours, now) && enough(endsAt(hours, now).getTime()))
    return { until: Math.min(window, endsAt(hours, now).getTime()) };
  const next = nextStart(hours, now);
  if (next.getTime() + least < window) return { waitUntil: next };
  return {
    closed: `コピーしてよい時間帯（${copyHoursText(hours)}）が、登録された作業時間の終わりまでにありません。移行済みの分は保持されています。日程か時間帯をお客さまと調整し、移行内容を直してから再開してください。`,
  };
}
