import { tasks } from '../tasks.ts';
import { composeForm, group } from './compose.ts';
import type { CaseForm, FormContext } from './context.ts';
import { choice, mayTick, textLine } from './question.ts';
import { quoteQuestion, standingQuote } from './quote-question.ts';

/** R17: the customer orders the work outside the quote, or does without. */
export function extraOrder({ c }: FormContext): CaseForm {
  const quote = standingQuote({ c }, 'extra');
  return composeForm({
    title: tasks['extra-order'].title,
    lead: 'ご指摘の内容は、お申し込みいただいた作業の範囲に含まれません。追加料金での作業をご希望かどうかをお知らせください。',
    submit: 'この内容で送信する',
    groups: [
      group('追加作業', {
        quoteSha256: quoteQuestion(quote),
        decision: choice('ご希望', {
          order: '追加作業を申し込む',
          refuse: '申し込まない（もとの作業内容で検収する）',
        }),
        scopeConfirmed: mayTick('お見積もりの作業範囲を確認しました。', {
          help: 'お申し込みの場合は必須です。',
        }),
        noCancel: mayTick('受理された後は、キャンセルも変更もできないことを確認しました。', {
          help: 'お申し込みの場合は必須です。',
        }),
        signer: textLine('お名前', 60, { autocomplete: 'name' }),
      }),
    ],
    rules: ({ decision, scopeConfirmed, noCancel }, refuse) => {
      if (decision !== 'order') return;
      if (!scopeConfirmed) refuse('scopeConfirmed', 'ご確認のうえ、チェックを入れてください。');
      if (!noCancel) refuse('noCancel', 'ご確認のうえ、チェックを入れてください。');
    },
    conclude: () => ({ quoteNumber: quote.number }),
  });
}
