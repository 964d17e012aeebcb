import { tasks } from '../tasks.ts';
import { composeForm, group } from './compose.ts';
import type { CaseForm, FormContext } from './context.ts';
import { choice, futureTime, optional, textArea } from './question.ts';

/** A server refused, hung or lied. What was moved stays moved; the engineer decides how to go on. */
export function transferProblem({ now }: FormContext): CaseForm {
  return composeForm({
    title: tasks['transfer-problem'].title,
    lead: 'データ移行が止まっています。移行済みのデータは移行記録に残っており、続きから再開します。',
    submit: '対応を登録する',
    groups: [
      group('対応', {
        decision: choice('対応', {
          retry: 'すぐに再開する',
          postpone: '日時を改めて再開する',
          'change-details': '移行内容（移行先の情報や日程）を直してから再開する',
          'ask-customer': 'お客さまに接続の情報をもう一度お伺いする',
        }),
        startsAt: optional(
          futureTime('再開する日時', now, { help: '日時を改める場合は必須です。日本時間です。' }),
        ),
        remarks: optional(
          textArea('備考', 2000, { help: 'お客さまにお伺いする場合は必須です。メールにそのまま載ります。' }),
        ),
      }),
    ],
    rules: ({ decision, startsAt, remarks }, refuse) => {
      if (decision === 'postpone' && !startsAt) refuse('startsAt', '再開する日時を入力してください。');
      if (decision === 'ask-customer' && !remarks)
        refuse('remarks', 'お客さまにお伺いする内容を入力してください。');
    },
  });
}
