import { copyDayNames } from '../copy-hours.ts';
import { groupWhen } from './compose.ts';
import { choice, choices, needed, optional } from './question.ts';

/** R23, asked of customers and, once arranged with them, of the engineer: copy-hours.ts reads the answers. */
export function copyHoursQuestion() {
  return optional(
    choice(
      'データのコピーをしてもよい時間帯',
      { any: 'いつでもよい', limited: '時間帯や曜日を指定する' },
      {
        help: 'コピーの間は、移行元サーバに負荷がかかります。指定する場合は、すぐ下でお伺いします。選ばない場合は「いつでもよい」とみなします。',
      },
    ),
  );
}

/** Whole hours: chosen with two touches on a phone, and nothing to mistype. */
const hours = Object.fromEntries(
  Array.from({ length: 24 }, (_, hour) => [`${String(hour).padStart(2, '0')}:00`, `${hour}:00`]),
);

/** The chapter behind copyHoursQuestion(). */
export function copyHoursChapter(title = 'コピーしてよい時間帯') {
  return groupWhen({ field: 'copyHours', value: 'limited' }, title, {
    copyFrom: needed(choice('始まり', hours, {}, 'select')),
    copyTo: needed(
      choice(
        '終わり',
        hours,
        { help: '始まりより早い時刻は、翌日の時刻とみなします。同じ時刻を選ぶと、終日になります。' },
        'select',
      ),
    ),
    copyDays: optional(
      choices('曜日', copyDayNames, {
        help: '毎日の場合は空欄で結構です。夜をまたぐ場合は、始まる日の曜日をお選びください。祝日も、その日の曜日として扱います。',
      }),
    ),
  });
}

interface Answers {
  copyHours?: string | undefined;
  copyFrom?: string | undefined;
  copyTo?: string | undefined;
}

export function checkCopyHours(
  { copyHours, copyFrom, copyTo }: Answers,
  refuse: (name: 'copyFrom' | 'copyTo', sentence: string) => void,
): void {
  if (copyHours !== 'limited') return;
  if (!copyFrom) refuse('copyFrom', '始まりの時刻を選んでください。');
  if (!copyTo) refuse('copyTo', '終わりの時刻を選んでください。');
}
