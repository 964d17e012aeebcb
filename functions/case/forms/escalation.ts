import { isLocked } from '../lifecycle.ts';
import { tasks } from '../tasks.ts';
import { composeForm, group } from './compose.ts';
import type { CaseForm, FormContext } from './context.ts';
import { choice, optional, textArea, wholeNumber } from './question.ts';

/** A deadline passed. Once an order is accepted there is no closing any more (R33), and nothing is accepted by silence. */
export function escalation({ c }: FormContext): CaseForm {
  const extend = '期限を延ばして、もう一度お願いする';
  const options = isLocked(c) ? { extend } : { extend, close: '案件を終了する' };
  return composeForm({
    title: tasks.escalation.title,
    lead: '期限までに回答がありませんでした。お客さまや担当者に連絡のうえ、対応を登録してください。回答がないまま、受理や検収とすることはできません。',
    submit: '対応を登録する',
    groups: [
      group('対応', {
        decision: choice<'extend' | 'close'>('対応', options as Record<'extend' | 'close', string>),
        days: optional(
          wholeNumber('延ばす日数', '日', 1, 60, {
            help: '期限を延ばす場合は必須です。今日の翌日から数えます。',
          }),
        ),
        remarks: textArea('対応の内容', 2000),
      }),
    ],
    rules: ({ decision, days }, refuse) => {
      if (decision === 'extend' && days === undefined) refuse('days', '1日から60日までで入力してください。');
    },
  });
}
