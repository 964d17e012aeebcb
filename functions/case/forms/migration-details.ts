import { tasks } from '../tasks.ts';
import { composeForm, group, groupIf, groupWhen } from './compose.ts';
import type { CaseForm, FormContext } from './context.ts';
import { futureTime, optional, textArea } from './question.ts';
import {
  checkWebAccess,
  clearTextQuestion,
  clearTextTitle,
  protocolQuestion,
  webAccessQuestions,
} from './web-access-questions.ts';

/** R36: date, the customer's own work, and how to reach the target. Target details are secrets: see secrets.ts. */
export function migrationDetails({ c, now }: FormContext): CaseForm {
  const web = c.plans.includes('web');
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
  };
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
      }),
      groupIf(web, '移行先（Web データ）', target),
      ...(web ? [groupWhen({ field: 'targetProtocol', value: 'ftp' }, clearTextTitle, clear)] : []),
    ],
    rules: (value, refuse) => {
      if (value.startsAt && value.windowEndsAt && value.windowEndsAt <= value.startsAt) {
        refuse('windowEndsAt', '開始日時より後の日時を入力してください。');
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
  });
}

const targetNames = {
  protocol: 'targetProtocol',
  clearText: 'targetClearText',
  password: 'targetPassword',
  privateKey: 'targetPrivateKey',
  passphrase: 'targetPassphrase',
} as const;
