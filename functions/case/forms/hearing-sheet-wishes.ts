import { paragraphsWithoutPasswords } from '../fields/text.ts';
import { copyHoursQuestion } from './copy-hours-questions.ts';
import { choice, futureDate, optional, textArea } from './question.ts';

const downtimes = {
  none: '止められない',
  hour: '1時間程度まで',
  night: '夜間であれば止められる',
  day: '1日程度まで',
  any: '特に制限はない',
};

/** Date, hours and fixes that the customer would like: constraints on the schedule, no promise (R9, R14, R23). */
export function wishes(now: Date) {
  return {
    wantedDate: optional(
      futureDate('移行のご希望日', now, {
        help: '期間はご利用環境により異なります。余裕を持ってご相談ください。',
      }),
    ),
    downtime: choice('サイトやメールを止められる時間', downtimes),
    fixesWanted: choice(
      '移行に伴う Web データの修正',
      { yes: '依頼したい', no: '不要（自社で行う）', consult: '調査の結果を見て決めたい' },
      { help: '内容によっては、お引き受けできない場合があります。' },
    ),
    notes: optional(
      textArea(
        'その他のご要望',
        4000,
        { help: 'パスワードは書かないでください。' },
        paragraphsWithoutPasswords(4000),
      ),
    ),
    // Last: its chapter comes right below.
    copyHours: copyHoursQuestion(),
  };
}
