import { severityWords } from '../survey-columns.ts';
import { tasks } from '../tasks.ts';
import { fixOffers } from '../web-fixes/ordered.ts';
import { composeForm, group } from './compose.ts';
import type { CaseForm, FormContext } from './context.ts';
import { choice, choices, optional, textArea, textLine, wholeNumber } from './question.ts';

/** R31, or R15. A survey that says: not feasible can only be declined. */
export function formalQuoteReview({ c }: FormContext): CaseForm {
  const feasible = c.survey?.feasible !== false;
  const offers = fixOffers(c.survey);
  const wanted = c.forms['hearing-sheet']?.value.fixesWanted !== 'no';
  return composeForm({
    title: tasks['formal-quote-review'].title,
    lead: '環境調査報告と、下書きのお見積もりをご確認ください。承認すると、正式お見積もりがお客さまに送られます。',
    submit: '確認結果を登録する',
    groups: [
      group('確認結果', {
        decision: choice('判断', {
          approve: 'お引き受けする：正式お見積もりを送る',
          decline: 'お引き受けできない：お断りする',
        }),
        ...(offers.length > 0 && {
          fixes: optional(
            choices(
              'お見積もりに含める修正',
              Object.fromEntries(
                offers.map(({ key, label, severity, hours }) => [
                  key,
                  `【${severityWords[severity]}】${label}：${hours}時間`,
                ]),
              ),
              {
                help: `${wanted ? '「重大」（直さないと動かないもの）だけを選んであります。ほかは、お客さまのご希望を確かめて選んでください。' : 'お客さまは修正を希望されていません。'}選んだものが1行ずつ明細に載り、ご注文の後に、技術担当が承認した修正だけを適用します。選ばないものは範囲に含まれません。`,
              },
            ),
          ),
        }),
        extraHours: optional(
          wholeNumber('追加する作業時間', '時間', 0, 2000, {
            help: '環境調査の指摘に含まれない作業がある場合だけ。',
          }),
        ),
        extraLabel: optional(textLine('追加する作業の名称', 80, { help: 'お見積もりの明細に載ります。' })),
        declineReason: optional(
          textArea('お断りする理由', 2000, { help: 'お客さまへのメールにそのまま載ります。' }),
        ),
        remarks: optional(textArea('社内の備考', 2000)),
      }),
    ],
    rules: ({ decision, extraHours, extraLabel, declineReason }, refuse) => {
      if (decision === 'decline' && !declineReason)
        refuse('declineReason', 'お断りする理由を入力してください。');
      if (decision === 'approve' && !feasible)
        refuse('decision', '環境調査の判定が「不可」のため、お引き受けできません。');
      if (extraHours && !extraLabel) refuse('extraLabel', '追加する作業の名称を入力してください。');
    },
    conclude: ({ extraHours }) => ({ extraHours: extraHours ?? 0 }),
  });
}
