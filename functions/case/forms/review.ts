import { type TaskKind, tasks } from '../tasks.ts';
import { composeForm, group } from './compose.ts';
import type { CaseForm } from './context.ts';
import { choice, optional, textArea } from './question.ts';

type Review = Extract<TaskKind, `${string}-review`>;

const leads: Record<Exclude<Review, 'formal-quote-review'>, { lead: string; accepted: string }> = {
  'hearing-sheet-review': {
    lead: '記入漏れ等の不備がないかをご確認ください。受理すると、簡易お見積もりがお客さまに送られます。',
    accepted: '不備なし：受理する',
  },
  'consent-review': {
    lead: '記入漏れ等の不備がないかをご確認ください。受理すると、お客さまに移行元サーバの情報をお伺いします。',
    accepted: '不備なし：受理する',
  },
  'order-review': {
    lead: '記入漏れ等の不備がないかをご確認ください。受理した後は、キャンセルも変更もできません。',
    accepted: '不備なし：申込みを受理する',
  },
  'acceptance-review': {
    lead: '検収書に記入漏れ等の不備がないかをご確認ください。合格の検収書を受理すると作業完了となり、請求が行われます。不合格の検収書を受理すると、対応の判断に進みます。',
    accepted: '不備なし：検収書を受理する',
  },
};

/** Checked for omissions, then accepted or sent back with remarks (R27, R29, R35, R38). */
export function review(kind: keyof typeof leads): CaseForm {
  const { lead, accepted } = leads[kind];
  return composeForm({
    title: tasks[kind].title,
    lead,
    submit: '確認結果を登録する',
    groups: [
      group('確認結果', {
        decision: choice('確認結果', { accepted, returned: '不備あり：差し戻す' }),
        remarks: optional(
          textArea('お客さまへの修正のお願い', 2000, {
            help: '差し戻す場合は必須です。お客さまへのメールと画面に、そのまま載ります。',
          }),
        ),
      }),
    ],
    rules: ({ decision, remarks }, refuse) => {
      if (decision === 'returned' && !remarks)
        refuse('remarks', '差し戻す理由と、直していただきたい箇所を入力してください。');
    },
  });
}
