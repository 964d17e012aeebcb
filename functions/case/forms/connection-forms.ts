import type { CheckedServer } from '../connection-check.ts';
import { paragraphsWithoutPasswords } from '../fields/text.ts';
import { composeForm, group } from './compose.ts';
import type { CaseForm } from './context.ts';
import { mustTick, textArea } from './question.ts';

/** Several servers may be asked about on one page: the names of the questions begin with the server's. */
export function acceptKeyForm(server: CheckedServer): CaseForm {
  return composeForm({
    title: '新しい鍵の承認',
    submit: '新しい鍵を承認する',
    groups: [
      group('新しい鍵の承認', {
        [`${server}-confirmed`]: mustTick('サーバの運用者に、鍵を変更したことと新しい指紋を確認しました。'),
        [`${server}-reason`]: textArea(
          '確認した相手と、変更の理由',
          1000,
          { help: '経過に残ります。例：サーバ会社のサポートに電話で確認。11月にサーバを入れ替えたため。' },
          paragraphsWithoutPasswords(1000),
        ),
      }),
    ],
  });
}

/** In place of the survey or of the migration's details: the customer is asked for access again. */
export function accessAgainForm(): CaseForm {
  return composeForm({
    title: '接続情報をもう一度お伺いする',
    lead: 'いただいた接続情報で入れない場合に、お客さまに「移行元サーバ情報のご提供」をもう一度お願いします。今の手続きは、お客さまのご回答の後に、あらためて始まります。',
    submit: 'お客さまにもう一度お伺いする',
    groups: [
      group('お客さまにお伝えする内容', {
        accessRemarks: textArea(
          'お伺いする内容',
          2000,
          {
            help: 'メールとご記入のページに、そのまま載ります。例：パスワードでログインできませんでした。FTP 用のパスワードをご確認ください。',
          },
          paragraphsWithoutPasswords(2000),
        ),
      }),
    ],
  });
}
