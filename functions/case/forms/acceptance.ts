import { addDays, dayOf } from '../calendar.ts';
import type { Plan } from '../case.ts';
import { planNames } from '../eligibility.ts';
import { day } from '../fields/dates.ts';
import { composeForm, group } from './compose.ts';
import { type CaseForm, type FormContext, planSuffix } from './context.ts';
import { signedOff } from './migration-sign-off.ts';
import { ask, choice, optional, type Question, textArea, textLine } from './question.ts';

/** Novices ask what they are to check. */
const lookAt: Record<Plan, string> = {
  web: 'トップページなど主なページの表示、画像、リンク、お問い合わせフォームをご確認ください。',
  database: 'ブログの記事や商品など、登録したデータが表示され、更新できるかをご確認ください。',
  mail: 'メールの送信と受信、これまでのメールとフォルダをご確認ください。',
  cybozu: 'ログインできること、予定や掲示板など、これまでのデータをご確認ください。',
};

/** 検収書 (R37), addressed to the partner. `passed` is true when every item is. */
export function acceptance({ c, settings, now }: FormContext): CaseForm {
  const results: Record<string, Question<'pass' | 'fail'>> = {};
  for (const plan of c.plans) {
    results[`result${planSuffix(plan)}`] = choice(
      planNames[plan],
      { pass: '合格', fail: '不合格' },
      { help: [signedOff(c, plan), lookAt[plan]].filter(Boolean).join('\n') },
    );
  }
  const today = dayOf(now);
  const failed = (value: object) =>
    Object.keys(results).some((name) => (value as Record<string, unknown>)[name] === 'fail');
  return composeForm({
    title: `検収書（${settings.partner.name} 御中）`,
    lead: `新しいサーバで動作をご確認のうえ、${settings.partner.name}あての検収書をご提出ください。合格の検収書のご提出をもって作業完了となり、ご請求を行います。検収完了後の追加作業は致しかねます。`,
    submit: '検収書を提出する',
    groups: [
      group('1. 作業の一覧と検収結果', results),
      group('2. ご意見', {
        comment: optional(
          textArea('不合格の内容、お気づきの点', 4000, {
            help: '不合格がある場合は必須です。どの画面で何が起きるかをお書きください。',
          }),
        ),
      }),
      group('3. ご署名', {
        checkedOn: ask('date', '確認した日', day({ from: addDays(today, -60), to: today })),
        signer: textLine('検収される方のお名前', 60, { autocomplete: 'name' }),
      }),
    ],
    rules: (value, refuse) => {
      if (failed(value) && !value.comment) refuse('comment', '不合格の内容を入力してください。');
    },
    conclude: (value) => ({ passed: !failed(value) }),
  });
}
