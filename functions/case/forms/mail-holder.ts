import { password } from '../fields/credentials.ts';
import { composeForm, group } from './compose.ts';
import type { CaseForm } from './context.ts';
import { ask } from './question.ts';

/** The one question that the user of a mailbox is asked, on a page of their own. */
export function mailHolderForm(user: string): CaseForm {
  return composeForm({
    title: 'メールのパスワードのご入力',
    submit: 'パスワードを送信する',
    groups: [
      group('パスワード', {
        password: ask('password', `${user} の現在のパスワード`, password(1024), {
          maxLength: 1024,
          secret: true,
        }),
      }),
    ],
  });
}
