import type { Case, Plan } from '../case.ts';
import { planNames } from '../eligibility.ts';
import { orderedWork } from '../ordered-work.ts';
import { tasks } from '../tasks.ts';
import { composeForm, group } from './compose.ts';
import { type CaseForm, type FormContext, planSuffix } from './context.ts';
import { choice, choices, optional, type Question, textArea } from './question.ts';

/**
 * The engineer says that the work is done, with a proof per plan (検収書: proof per item), and that what was ordered
 * besides is done too, or why not.
 */
export function migrationSignOff({ c }: FormContext): CaseForm {
  const proofs: Record<string, Question<string | undefined>> = {};
  for (const plan of c.plans) {
    const help =
      plan === 'web'
        ? '移行記録で確認した場合は、そのままで結構です。'
        : '件数や容量の一致など、確認した内容をご記入ください。';
    proofs[`proof${planSuffix(plan)}`] = optional(textArea(`${planNames[plan]}の確認内容`, 2000, { help }));
  }
  const ordered = orderedWork(c);
  const work: Record<string, Question<string[] | undefined>> = {};
  if (ordered.length > 0) {
    const options = Object.fromEntries(ordered.map(({ key, label }) => [key, label]));
    work.workDone = optional(
      choices('実施した作業', options, {
        help: '完了とする場合は、すべてにチェックを入れるか、実施しない理由を「備考」に入力してください。自動修正の結果は、「移行の内容と照合の報告」で確認できます。',
      }),
    );
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
        'ご注文の修正と追加の作業',
        work,
        'データの移行のほかに、次の作業が残っていないことをご確認ください。',
      ),
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
      const done: readonly string[] = value.workDone ?? [];
      const open = ordered.filter(({ key }) => !done.includes(key));
      if (open.length > 0 && !value.remarks) {
        refuse(
          'workDone',
          `実施していない作業が${open.length}件あります。実施してチェックを入れるか、実施しない理由を「備考」に入力してください。`,
        );
      }
    },
  });
}

/** What the engineer saw of a plan's result, in the engineer's words. */
export function signedOff(c: Pick<Case, 'forms'>, plan: Plan): string | undefined {
  const proof = c.forms['migration-sign-off']?.value[`proof${planSuffix(plan)}`];
  return typeof proof === 'string' && proof ? proof : undefined;
}
