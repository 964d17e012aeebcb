import { tasks } from '../tasks.ts';
import { composeForm, group } from './compose.ts';
import type { CaseForm, FormContext } from './context.ts';
import { mustTick } from './question.ts';

/** R28: a simple quote cannot be ordered from; this asks for the formal one, and commits to nothing. */
export function formalQuoteRequest({ settings }: FormContext): CaseForm {
  return composeForm({
    title: tasks['formal-quote-request'].title,
    lead: `ヒアリングシートにもとづく概算です。この簡易お見積もりではお申し込みいただけません。お申し込みをご検討の場合は、正式お見積もりをご依頼ください。次に同意書をお送りし、${settings.partner.name}が移行元サーバの環境を調査します。ご依頼にならない場合、お手続きは必要ありません。`,
    submit: '正式お見積もりを依頼する',
    groups: [
      group('正式お見積もりのご依頼', {
        understood: mustTick('環境調査の結果、お引き受けできない場合があることを確認しました。'), // R15
      }),
    ],
  });
}
