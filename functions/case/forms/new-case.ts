import { assess, planNames, serverNames } from '../eligibility.ts';
import { contractNumber } from '../fields/codes.ts';
import { mail } from '../fields/mail.ts';
import type { Settings } from '../settings.ts';
import { composeForm, group } from './compose.ts';
import type { CaseForm } from './context.ts';
import { ask, choice, choices, mayTick, optional, textLine } from './question.ts';

/** A new case, opened by staff. Needs a contract (R12); the simple quote is optional, the formal one needs plans. */
export function newCaseForm(settings: Settings): CaseForm {
  return composeForm({
    title: '新しい案件',
    lead: `お客さまに、最初の書類をメールでお送りします。ご請求の発行者は${settings.issuer.name}です。`,
    submit: '案件を開始する',
    groups: [
      group('お客さま', {
        company: optional(textLine('会社名・団体名', 100, { help: '個人のお客さまは空欄にします。' })),
        person: textLine('ご担当者のお名前', 60),
        mail: ask('email', 'メールアドレス', mail(), {
          help: '一つだけ。書類のリンクはここに届きます。',
          maxLength: 254,
        }),
        contractNumber: ask('text', '契約番号', contractNumber(), {
          help: 'マネージドサーバまたはスマイルサーバのご契約が必要です。',
          maxLength: 64,
        }),
        serverKind: choice('ご契約のサーバ（移行先）', serverNames),
        platformMigration: mayTick('スマイルサーバのプラットフォーム移行の対象です'),
      }),
      group('進め方', {
        startWith: choice('最初のお見積もり', {
          'simple-quote': '簡易お見積もりから（ヒアリングシートを送る）',
          'formal-quote': '正式お見積もりから（同意書を送る）',
        }),
        plans: optional(
          choices('移行するデータ', planNames, { help: '正式お見積もりから始める場合は必須です。' }),
        ),
      }),
    ],
    rules: ({ startWith, serverKind, platformMigration = false, plans }, refuse) => {
      if (startWith === 'formal-quote' && !plans)
        refuse('plans', '正式お見積もりから始める場合は、一つ以上選んでください。');
      if (platformMigration && serverKind === 'managed') {
        refuse('platformMigration', 'プラットフォーム移行の対象は、スマイルサーバのお客さまだけです。');
        return;
      }
      if (!plans || !serverKind) return;
      const verdict = assess({ serverKind, platformMigration, plans, cybozuInUse: false });
      if (typeof verdict === 'object') refuse('plans', verdict.refused);
      else if (verdict === 'consultation' && startWith === 'formal-quote') {
        refuse(
          'startWith',
          'サイボウズをご利用中のプラットフォーム移行のお客さまは、簡易お見積もりから始めてご相談ください。',
        );
      }
    },
    conclude: ({ company, plans }) => ({ company: company ?? '', plans: plans ?? [] }),
  });
}
