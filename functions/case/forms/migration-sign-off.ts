import type { Case, Plan } from '../case.ts';
import { planNames } from '../eligibility.ts';
import { tasks } from '../tasks.ts';
import { composeForm, group } from './compose.ts';
import { type CaseForm, type FormContext, planSuffix } from './context.ts';
import { choice, optional, type Question, textArea } from './question.ts';

/** The engineer says that the work is done, with a proof per plan (検収書: proof per item). */
export function migrationSignOff({ c }: FormContext): CaseForm {
  const proofs: Record<string, Question<string | undefined>> = {};
  for (const plan of c.plans) {
    const help =
      plan === 'web'
        ? '移行記録で確認した場合は、そのままで結構です。'
        : '件数や容量の一致など、確認した内容をご記入ください。';
    proofs[`proof${planSuffix(plan)}`] = optional(textArea(`${planNames[plan]}の確認内容`, 2000, { help }));
  }
  return composeForm({
    title: tasks['migration-sign-off'].title,
    lead: '移行の結果をご確認ください。完了とすると、お客さまに検収書をお送りします。',
    submit: '確認結果を登録する',
    groups: [
      group('判断', {
        decision: choice('判断', {
          complete: '移行作業を完了とする',
          rerun: '変わった分だけ、もう一度移行する',
        }),
        remarks: optional(textArea('備考', 2000)),
      }),
      group(
        '作業の証拠',
        proofs,
        '完了とする場合は、すべてご記入ください。お客さまの検収のページに載ります。',
      ),
    ],
    rules: (value, refuse) => {
      if (value.decision !== 'complete') return;
      for (const name of Object.keys(proofs)) {
        if (!value[name]) refuse(name, '確認した内容を入力してください。');
      }
    },
  });
}

/** What the engineer saw of a plan's result, in the engineer's words. */
export function signedOff(c: Pick<Case, 'forms'>, plan: Plan): string | undefined {
  const proof = c.forms['migration-sign-off']?.value[`proof${planSuffix(plan)}`];
  return typeof proof === 'string' && proof ? proof : undefined;
}
