import { tasks } from '../tasks.ts';
import { composeForm, group } from './compose.ts';
import type { CaseForm, FormContext } from './context.ts';
import { mustTick } from './question.ts';

/** R28: a simple quote cannot be ordered from; this asks for the formal one, and commits to nothing. */
export function formalQuoteRequest({ settings }: FormContext): CaseForm {
  return composeForm({
    title: tasks['formal-quote-request'].title,
    lead: `簡易お見積もりではお申し込みいただけません。ご希望の場合は、正式お見積もりをご依頼ください。次に同意書をお送りし、${settings.partner.name}が移行元サーバの環境を調査します。`,
    submit: '正式お見積もりを依頼する',
    groups: [
      group('ご確認', {
        understood: mustTick('環境調査の結果、お引き受けできない場合があることを確認しました。'), // R15
      }),
    ],
  });
}
