import { isLocked } from '../lifecycle.ts';
import { tasks } from '../tasks.ts';
import { composeForm, group, groupIf, groupWhen } from './compose.ts';
import type { CaseForm, FormContext } from './context.ts';
import { checkCopyHours, copyHoursChapter, copyHoursQuestion } from './copy-hours-questions.ts';
import {
  sourceCybozuLogInQuestions,
  sourceCybozuQuestions,
  specialCybozuQuestions,
} from './cybozu-access-questions.ts';
import { checkSourceCybozu } from './cybozu-rules.ts';
import {
  checkDatabaseAccess,
  sourceDatabaseLogInQuestions,
  sourceDatabaseQuestions,
  sourceDatabaseTlsQuestions,
} from './database-access-questions.ts';
import {
  clearMailQuestion,
  clearMailTitle,
  heardAddresses,
  sourceMailQuestions,
  sourceMasterQuestions,
} from './mail-access-questions.ts';
import { checkSourceMail } from './mail-rules.ts';
import { backupDate, mustTick } from './question.ts';
import {
  checkWebAccess,
  clearTextQuestion,
  clearTextTitle,
  protocolQuestion,
  webAccessQuestions,
} from './web-access-questions.ts';

/** The source server's details (R30, R36). Everything but the host's name is a secret: see secrets.ts. */
export function sourceAccess({ c, settings, now }: FormContext): CaseForm {
  const cybozu = c.plans.includes('cybozu');
  const database = c.plans.includes('database');
  const heard = heardAddresses(c);
  const backup = {
    backup: mustTick('移行元サーバのデータを、お客さま自身でバックアップしました。'), // R19
    backupDate: backupDate(now),
  };
  const web = {
    protocol: protocolQuestion(),
    ...webAccessQuestions('移行元'),
  };
  const clear = { clearText: clearTextQuestion() };
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
      groupIf(database, 'データベース', sourceDatabaseQuestions()),
      {
        ...groupIf(
          database,
          'データベースへの接続',
          sourceDatabaseLogInQuestions(c.plans.includes('web')),
          'サーバ会社のコントロールパネルの「データベース」や、ホームページの設定ファイル（WordPress では wp-config.php）に載っています。',
        ),
        when: { field: 'databaseAccess', value: 'login' },
      },
      {
        ...groupIf(database, 'データベースの通信', sourceDatabaseTlsQuestions()),
        when: { field: 'databaseWay', value: 'direct' },
      },
      groupIf(
        c.plans.includes('mail'),
        'メール',
        sourceMailQuestions(heard),
        'メールソフトの設定画面や、サーバ会社の案内に載っています。',
      ),
      {
        ...groupIf(c.plans.includes('mail'), clearMailTitle, { mailClear: clearMailQuestion() }),
        when: { field: 'mailSecurity', value: 'plain' },
      },
      {
        ...groupIf(c.plans.includes('mail'), 'メールの管理者アカウント', sourceMasterQuestions()),
        when: { field: 'mailPasswords', value: 'master' },
      },
      groupIf(
        cybozu,
        'サイボウズ',
        sourceCybozuQuestions(c.plans.includes('web')),
        '移行の間は、移行元のサイボウズを自動でメンテナンス状態にし、終わると解除します。その間はご利用になれません。',
      ),
      {
        ...groupIf(cybozu, 'サイボウズのサーバ', sourceCybozuLogInQuestions()),
        when: { field: 'cybozuServer', value: 'other' },
      },
      {
        ...groupIf(cybozu, 'サイボウズのサーバへの接続', specialCybozuQuestions()),
        when: { field: 'cybozuServer', value: 'special' },
      },
      group('データのコピー', { copyHours: copyHoursQuestion() }), // R23
      copyHoursChapter(),
    ],
    rules: (value, refuse) => {
      checkCopyHours(value, refuse);
      const answers: Partial<Record<string, unknown>> = value;
      if (c.plans.includes('web')) checkWebAccess(value, refuse);
      if (cybozu) {
        checkSourceCybozu(answers, (name, sentence) => refuse(name as keyof typeof value, sentence));
      }
      if (c.plans.includes('mail')) {
        checkSourceMail(
          (name) => answers[name],
          (name, sentence) => refuse(name as keyof typeof value, sentence),
          heard,
        );
      }
      if (database && value.databaseAccess === 'login') {
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
