import { tasks } from '../tasks.ts';
import { composeForm, group } from './compose.ts';
import { type CaseForm, type FormContext, planOptions } from './context.ts';
import { choice, choices, optional, textArea } from './question.ts';

/** R11: staff and the customer agree on how to go on. Cybozu cannot be moved to a Smile Server whatever is agreed (R8). */
export function consultation({ c }: FormContext): CaseForm {
  return composeForm({
    title: tasks.consultation.title,
    lead: 'お客さまとご相談のうえ、進め方を登録してください。続ける場合は、選んだプランで簡易お見積もりを作成します。',
    submit: '相談結果を登録する',
    groups: [
      group('相談結果', {
        decision: choice('進め方', { continue: '続ける', close: '終了する' }),
        plans: optional(
          choices('移行するデータ', planOptions({ ...c.customer, platformMigration: false }), {
            help: 'サイボウズデータ移行の移行先はマネージドサーバだけです。',
          }),
        ),
        remarks: textArea('相談の内容', 4000),
      }),
    ],
    rules: ({ decision, plans }, refuse) => {
      if (decision === 'continue' && !plans)
        refuse('plans', '続ける場合は、移行するデータを一つ以上選んでください。');
    },
  });
}
