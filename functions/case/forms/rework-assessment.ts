import { tasks } from '../tasks.ts';
import { composeForm, group } from './compose.ts';
import type { CaseForm } from './context.ts';
import { choice, optional, textArea, wholeNumber } from './question.ts';

/** The customer's check failed: rework within the scope, or work outside of it (R17). */
export function reworkAssessment(): CaseForm {
  return composeForm({
    title: tasks['rework-assessment'].title,
    lead: '不合格の内容が、お申し込みいただいた作業の範囲に含まれるかを判断してください。',
    submit: '判断を登録する',
    groups: [
      group('判断', {
        scope: choice('判断', { in: '範囲内：無償でやり直す', out: '範囲外：追加のお見積もりを送る' }),
        description: textArea('作業の内容', 1000, {
          help: '範囲外の場合は、追加のお見積もりにそのまま載ります。',
        }),
        hours: optional(
          wholeNumber('作業時間', '時間', 1, 2000, { help: '範囲外の場合は必須です（1時間以上）。' }),
        ),
        remarks: optional(textArea('社内の備考', 2000)),
      }),
    ],
    rules: ({ scope, hours }, refuse) => {
      if (scope === 'out' && hours === undefined) refuse('hours', '1時間以上の整数で入力してください。');
    },
  });
}
