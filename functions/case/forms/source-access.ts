import { planNames } from '../eligibility.ts';
import { isLocked } from '../lifecycle.ts';
import { tasks } from '../tasks.ts';
import { composeForm, group, groupIf, groupWhen } from './compose.ts';
import type { CaseForm, FormContext } from './context.ts';
import { checkCopyHours, copyHoursChapter, copyHoursQuestion } from './copy-hours-questions.ts';
import { checkDatabaseAccess, sourceDatabaseQuestions } from './database-access-questions.ts';
import { backupDate, mustTick, textArea } from './question.ts';
import {
  checkWebAccess,
  clearTextQuestion,
  clearTextTitle,
  protocolQuestion,
  webAccessQuestions,
} from './web-access-questions.ts';

/** The source server's details (R30, R36). Everything but the host's name is a secret: see secrets.ts. */
export function sourceAccess({ c, settings, now }: FormContext): CaseForm {
  const others = c.plans
    .filter((plan) => plan !== 'web' && plan !== 'database')
    .map((plan) => planNames[plan]);
  const backup = {
    backup: mustTick('移行元サーバのデータを、お客さま自身でバックアップしました。'), // R19
    backupDate: backupDate(now),
  };
  const web = {
    protocol: protocolQuestion(),
    ...webAccessQuestions('移行元'),
  };
  const clear = { clearText: clearTextQuestion() };
  const other = {
    otherAccess: textArea(`${others.join('、')}に必要な接続の情報`, 8000, {
      help: 'サーバ名、ユーザー名、パスワードなどをご記入ください。メールはアカウントごとにお願いします。',
      secret: true,
    }),
  };
  return composeForm({
    title: tasks['source-access'].title,
    lead: `${isLocked(c) ? '環境調査の際にいただいた情報は消去済みのため、' : ''}移行元サーバに接続するための情報を${isLocked(c) ? 'あらためて' : ''}お知らせください。${settings.partner.name}だけが作業に使い、暗号化して保管し、作業の終了後に速やかに消去します。`,
    submit: 'この内容で送信する',
    groups: [
      group('バックアップ', backup),
      groupIf(
        c.plans.includes('web'),
        'Web データ',
        web,
        '移行元サーバの会社から届いた「設定完了のお知らせ」などの書類や、お使いの FTP ソフトの設定画面に載っています。',
      ),
      ...(c.plans.includes('web')
        ? [groupWhen({ field: 'protocol', value: 'ftp' }, clearTextTitle, clear)]
        : []),
      groupIf(
        c.plans.includes('database'),
        'データベース',
        sourceDatabaseQuestions(c.plans.includes('web')),
        'サーバ会社のコントロールパネルの「データベース」や、ホームページの設定ファイル（WordPress では wp-config.php）に載っています。',
      ),
      groupIf(others.length > 0, `${others.join('、')}のデータ`, other),
      group('データのコピー', { copyHours: copyHoursQuestion() }), // R23
      copyHoursChapter(),
    ],
    rules: (value, refuse) => {
      checkCopyHours(value, refuse);
      if (c.plans.includes('web')) checkWebAccess(value, refuse);
      if (c.plans.includes('database')) {
        const overSsh = value.protocol === 'sftp';
        checkDatabaseAccess(
          (name) => value[`database${name}`],
          (name, sentence) => refuse(`database${name}`, sentence),
          { overSsh },
        );
      }
    },
  });
}
