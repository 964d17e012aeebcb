import type { Case } from '../../case/case.ts';
import { copyHoursOf, copyHoursText } from '../../case/copy-hours.ts';
import type { TaskKind } from '../../case/tasks.ts';
import { dayText, momentText } from '../../case/wording.ts';

/** What colleagues look for again and again in what the customer handed in: where, when, whom to call. */
export function particularsOf(c: Case): { label: string; value: string }[] {
  const text = (kind: TaskKind, name: string) => {
    const answer = c.forms[kind]?.value[name];
    return typeof answer === 'string' ? answer : '';
  };
  const preferred = ['preferredDate1', 'preferredDate2', 'preferredDate3']
    .map((name) => text('order', name))
    .filter(Boolean);
  const wanted = text('hearing-sheet', 'wantedDate');
  const copyHours = copyHoursOf(c);
  const [startsAt, endsAt] = ['startsAt', 'windowEndsAt'].map((name) => text('migration-details', name));
  return [
    { label: '電話番号', value: text('hearing-sheet', 'phone') },
    { label: '移行元サーバ', value: text('source-access', 'host') || text('hearing-sheet', 'sourceHost') },
    { label: 'コピーしてよい時間帯', value: copyHours ? copyHoursText(copyHours) : '' },
    {
      label: '移行の希望日',
      value: (preferred.length > 0 ? preferred : [wanted].filter(Boolean)).map(dayText).join('\n'),
    },
    {
      label: '移行の日程',
      value: startsAt && endsAt ? `${momentText(startsAt)}から\n${momentText(endsAt)}まで` : '',
    },
  ].filter(({ value }) => value !== '');
}
