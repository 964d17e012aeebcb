import { phone, postalCode } from '../fields/phone.ts';
import { tasks } from '../tasks.ts';
import { composeForm, group } from './compose.ts';
import type { CaseForm, FormContext } from './context.ts';
import { ask, backupDate, futureDate, mustTick, optional, textLine } from './question.ts';
import { quoteQuestion, standingQuote } from './quote-question.ts';

/**
 * 申込書 (R32-R34). Locks at acceptance (R33). Whether it is in time is the step's deadline: the quote's validity, or what
 * staff granted beyond it.
 */
export function order({ c, now }: FormContext): CaseForm {
  const quote = standingQuote({ c }, 'formal');
  const confirmations = {
    quoteSha256: quoteQuestion(quote),
    scopeConfirmed: mustTick('お見積もりの作業範囲と、含まれないものを確認しました。'),
    documentsReviewed: mustTick(
      'サービス仕様書、データ移行支援オプション仕様書、利用規約、料金表の4つを確認しました。',
    ), // R25
    noCancel: mustTick('受理された後は、キャンセルも変更もできないことを確認しました。'), // R33
    backup: mustTick('移行の前に、移行元サーバのデータをお客さま自身でバックアップしました。'), // R19
    backupDate: backupDate(now),
  };
  const billing = {
    billingCompany: optional(
      textLine('ご請求先の会社名', 100, {
        autocomplete: 'organization',
        help: '個人のお客さまは空欄で結構です。',
      }),
    ),
    billingDepartment: optional(textLine('部署名', 100)),
    billingPerson: textLine('ご請求先のご担当者', 60, { autocomplete: 'name' }),
    billingPostalCode: ask('text', '郵便番号', postalCode(), {
      autocomplete: 'postal-code',
      placeholder: '123-4567',
      maxLength: 20,
    }),
    billingAddress: textLine('ご住所', 200, { autocomplete: 'street-address' }),
    billingPhone: ask('tel', '電話番号', phone(), {
      autocomplete: 'tel',
      placeholder: '03-1234-5678',
      maxLength: 40,
    }),
  };
  const dates = {
    preferredDate1: futureDate('移行の希望日（第1希望）', now),
    preferredDate2: optional(futureDate('第2希望', now)),
    preferredDate3: optional(futureDate('第3希望', now)),
  };
  const signature = { signer: textLine('お申し込みになる方のお名前', 60, { autocomplete: 'name' }) };
  return composeForm({
    title: tasks.order.title,
    lead: 'お見積もりの内容をご確認のうえ、お申し込みください。送信後、受け付けた内容の確認メールをお送りします。',
    submit: 'この内容で申し込む',
    groups: [
      group('1. お申し込みの内容', confirmations),
      group('2. ご請求先', billing),
      group(
        '3. 移行の希望日',
        dates,
        '実施日は、ご希望をもとに担当者が調整します。ご希望に添えない場合があります。',
      ), // R20, R36
      group('4. ご署名', signature),
    ],
    rules: (value, refuse) => {
      const { preferredDate1, preferredDate2, preferredDate3 } = value;
      if (preferredDate2 && preferredDate2 === preferredDate1)
        refuse('preferredDate2', '第1希望と違う日を入力してください。');
      if (preferredDate3 && [preferredDate1, preferredDate2].includes(preferredDate3)) {
        refuse('preferredDate3', '第1・第2希望と違う日を入力してください。');
      }
    },
    conclude: () => ({ quoteNumber: quote.number }),
  });
}
