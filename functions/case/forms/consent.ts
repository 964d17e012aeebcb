import { tasks } from '../tasks.ts';
import { composeForm, group } from './compose.ts';
import type { CaseForm, FormContext } from './context.ts';
import { backupDate, choice, mustTick, optional, textLine } from './question.ts';

/** 同意書 (R29). Which revisions were shown is on the case (R40), the moment and the address with the submission. */
export function consent({ settings, now }: FormContext): CaseForm {
  const partner = settings.partner.name;
  const agreements = {
    documentsReviewed: mustTick(
      'サービス仕様書、データ移行支援オプション仕様書、利用規約、料金表の4つを確認しました。',
      { help: 'このページに表示している版が記録されます。' },
    ), // R25
    backup: mustTick('移行元サーバのデータを、お客さま自身でバックアップしました。', {
      help: '古いサーバでは、万が一にもデータ消失が発生する可能性があります。必ずバックアップをお取りください。',
    }), // R19
    backupDate: backupDate(now),
    copying: mustTick('動作検証のため、データのコピーが行われることがあることに同意します。'), // R21
    testAccounts: mustTick('必要な場合に、テストアカウントが作成されることがあることに同意します。'), // R22
    disclosure: mustTick(
      `環境調査と移行作業を行う${partner}に必要な情報が開示され、同社から直接連絡があることに同意します。`,
    ), // R2
    liability: mustTick(
      `不具合や利用に差し障る問題が生じた場合でも、${settings.issuer.name}および${partner}は一切の責任を負いかねることに同意します。`,
      {
        help: '作業には十分に注意を払います。',
      },
    ), // R18
    decline: mustTick('環境調査の結果、お引き受けできない場合があることを確認しました。'), // R15
    hours: mustTick(`作業の実施時間は、${partner}の都合によることを確認しました。`, {
      help: 'コピーの時間帯にご希望がある場合は、あらかじめお申し出ください。',
    }), // R20, R23
    erasure: mustTick(
      'データ（パスワード等の個人情報も含む）が、環境調査と移行作業の終了後に速やかに消去されることを確認しました。',
    ), // R24
  };
  const signature = {
    signer: textLine('同意される方のお名前', 60, { autocomplete: 'name' }),
    department: optional(textLine('部署名・役職', 100)),
    authority: choice('同意の権限', {
      representative: '代表者、または契約者本人です',
      delegated: '代表者から、同意する権限を任されています',
    }),
  };
  return composeForm({
    title: tasks.consent.title,
    lead: '正式お見積もりの前に、環境調査についてのご同意をお願いします。一つずつお読みになり、チェックを入れてください。',
    submit: '同意して送信する',
    groups: [group('1. 確認と同意', agreements), group('2. ご署名', signature)],
  });
}
