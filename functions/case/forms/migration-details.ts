import { copyHoursOf, copyHoursText, isWithin, nextStart } from '../copy-hours.ts';
import { cybozuInstallationNotice } from '../eligibility.ts';
import { tasks } from '../tasks.ts';
import { composeForm, group, groupIf, groupWhen } from './compose.ts';
import type { CaseForm, FormContext } from './context.ts';
import { checkCopyHours, copyHoursChapter, copyHoursQuestion } from './copy-hours-questions.ts';
import {
  cybozuWayQuestion,
  targetCybozuLogInQuestions,
  targetCybozuQuestions,
} from './cybozu-access-questions.ts';
import { checkTargetCybozu } from './cybozu-rules.ts';
import {
  checkDatabaseAccess,
  checkDatabaseContents,
  targetDatabaseQuestions,
  targetDatabaseTlsQuestions,
} from './database-access-questions.ts';
import {
  clearMailQuestion,
  clearMailTitle,
  heardDomains,
  targetMailQuestions,
} from './mail-access-questions.ts';
import { checkTargetMail } from './mail-rules.ts';
import { previewLead, previewQuestions, previewTitle } from './preview-questions.ts';
import { futureTime, optional, textArea } from './question.ts';
import { sourceWorkQuestions } from './source-work-questions.ts';
import {
  checkWebAccess,
  clearTextQuestion,
  clearTextTitle,
  legacyAlgorithmsQuestion,
  protocolQuestion,
  webAccessQuestions,
} from './web-access-questions.ts';

/** R36: date, the customer's own work, and how to reach the target. Target details are secrets: see secrets.ts. */
export function migrationDetails({ c, settings, now }: FormContext): CaseForm {
  const web = c.plans.includes('web');
  // The target's is the same: between kinds nothing is moved.
  const engine = c.plans.includes('database') ? c.forms['source-access']?.value.databaseEngine : undefined;
  const access = webAccessQuestions('移行先');
  const target = {
    // Without an answer: SFTP.
    targetProtocol: optional(protocolQuestion()),
    targetHost: access.host,
    targetPort: access.port,
    targetUser: access.user,
    targetPassword: access.password,
    targetPrivateKey: access.privateKey,
    targetPassphrase: access.passphrase,
    targetRoot: access.root,
    targetLegacyAlgorithms: legacyAlgorithmsQuestion(),
  };
  const cybozu = c.plans.includes('cybozu');
  const clear = { targetClearText: clearTextQuestion() };
  return composeForm({
    title: tasks['migration-details'].title,
    lead: 'お客さまと調整した内容を登録してください。日時は日本時間です。',
    submit: '移行内容を登録する',
    groups: [
      group('日程', {
        startsAt: futureTime('移行の開始日時', now),
        windowEndsAt: futureTime('作業時間の終わり', now, {
          help: 'この時刻までに終わらない場合は、続きを次の機会に行います。',
        }),
        customerWork: optional(
          textArea('お客さまにお願いする作業', 4000, {
            help: '1行に1つ。例：DNS の変更、メールソフトの設定変更',
          }),
        ),
        notes: optional(textArea('備考', 4000)),
        copyHours: copyHoursQuestion(), // R23
      }),
      copyHoursChapter(),
      groupIf(web, '移行元（Web データ）', sourceWorkQuestions(settings)),
      groupIf(web, '移行先（Web データ）', target),
      groupIf(web, previewTitle, previewQuestions(), previewLead),
      groupIf(engine !== undefined, '移行先（データベース）', targetDatabaseQuestions(web)),
      {
        ...groupIf(engine !== undefined, '移行先（データベースの通信）', targetDatabaseTlsQuestions()),
        when: { field: 'targetDatabaseWay', value: 'direct' },
      },
      groupIf(c.plans.includes('mail'), '移行先（メール）', targetMailQuestions(heardDomains(c))),
      {
        ...groupIf(c.plans.includes('mail'), clearMailTitle, { targetMailClear: clearMailQuestion() }),
        when: { field: 'targetMailSecurity', value: 'plain' },
      },
      ...(web ? [groupWhen({ field: 'targetProtocol', value: 'ftp' }, clearTextTitle, clear)] : []),
      groupIf(cybozu, 'サイボウズ', cybozuWayQuestion(), cybozuInstallationNotice), // R10
      {
        ...groupIf(cybozu, '移行元と移行先（サイボウズ）', targetCybozuQuestions(web)),
        when: { field: 'cybozuBy', value: 'engine' },
      },
      {
        ...groupIf(
          cybozu,
          '移行先のサーバ（サイボウズ）',
          targetCybozuLogInQuestions(),
          'SFTP で接続します。サイボウズを動かしているユーザーか、ファイルの所有者を変更できるユーザーの情報をご記入ください。',
        ),
        when: { field: 'targetCybozuServer', value: 'other' },
      },
    ],
    rules: (value, refuse) => {
      checkCopyHours(value, refuse);
      checkCopyTime(value, refuse);
      if (value.startsAt && value.windowEndsAt && value.windowEndsAt <= value.startsAt) {
        refuse('windowEndsAt', '開始日時より後の日時を入力してください。');
      }
      if (engine) {
        checkDatabaseContents(
          (name) => value[`targetDatabase${name}`],
          (name, sentence) => refuse(`targetDatabase${name}`, sentence),
          c.forms['source-access']?.value.databaseAccess === 'dump',
        );
        checkDatabaseAccess(
          (name) => value[`targetDatabase${name}`],
          (name, sentence) => refuse(`targetDatabase${name}`, sentence),
          {
            made: value.targetDatabaseAdministrator !== undefined,
            overSsh: (value.targetProtocol ?? 'sftp') === 'sftp',
          },
        );
      }
      if (c.plans.includes('mail')) {
        const answers: Partial<Record<string, unknown>> = value;
        checkTargetMail(
          (name) => answers[name],
          (name, sentence) => refuse(name as keyof typeof value, sentence),
        );
      }
      if (cybozu) {
        checkTargetCybozu(value, (name, sentence) => refuse(name as keyof typeof value, sentence));
      }
      if (!web) return;
      const { targetProtocol, targetClearText, targetPassword, targetPrivateKey, targetPassphrase } = value;
      const answers = {
        protocol: targetProtocol,
        clearText: targetClearText,
        password: targetPassword,
        privateKey: targetPrivateKey,
        passphrase: targetPassphrase,
      };
      checkWebAccess(answers, (question, sentence) => refuse(targetNames[question], sentence));
    },
    conclude: () => (engine ? { targetDatabaseEngine: engine } : {}),
  });
}

/** A window in which no copy may be taken would only end. */
function checkCopyTime(
  value: Record<string, unknown>,
  refuse: (name: 'windowEndsAt', sentence: string) => void,
): void {
  const hours = copyHoursOf({ forms: { 'migration-details': { taskId: '', at: '', by: '', value } } });
  if (!hours || !value.startsAt || !value.windowEndsAt) return;
  const startsAt = new Date(String(value.startsAt));
  if (isWithin(hours, startsAt) || nextStart(hours, startsAt) < new Date(String(value.windowEndsAt))) return;
  refuse('windowEndsAt', `この日程には、コピーしてよい時間帯（${copyHoursText(hours)}）がありません。`);
}

const targetNames = {
  protocol: 'targetProtocol',
  clearText: 'targetClearText',
  password: 'targetPassword',
  privateKey: 'targetPrivateKey',
  passphrase: 'targetPassphrase',
} as const;
