import type { WebProtocol } from '../access.ts';
import { checkWebAccess } from './web-access-questions.ts';

type Answers = Readonly<Record<string, unknown>>;
type Refuse = (question: string, sentence: string) => void;

/** What the answers of `source-access` about Cybozu must be to each other. */
export function checkSourceCybozu(value: Answers, refuse: Refuse): void {
  if (value.cybozuServer === 'other') checkLogIn(value, refuse, 'cybozu');
  if (value.cybozuServer === 'special' && !value.otherAccess) {
    refuse('otherAccess', '接続のための情報を、わかる範囲で入力してください。');
  }
}

/** Of `migration-details`: all of it is needed where the engine moves the data. */
export function checkTargetCybozu(value: Answers, refuse: Refuse): void {
  if (value.cybozuBy !== 'engine') return;
  for (const [name, sentence] of Object.entries(neededAnswers)) {
    if (value[name] === undefined || value[name] === false) refuse(name, sentence);
  }
  const { cybozuSourceVersion: from, cybozuTargetVersion: to } = value;
  if (from && to && from !== to) {
    refuse('cybozuTargetVersion', '移行元と同じ版でなければ移行できません。移行先の版をそろえてください。');
  }
  const { cybozuSourceEdition: course, cybozuTargetEdition: targetCourse } = value;
  if (course && targetCourse && course !== targetCourse) {
    refuse('cybozuTargetEdition', '移行元と同じコースでなければ移行できません。ご契約を確認してください。');
  }
  if (value.targetCybozuServer === 'other') checkLogIn(value, refuse, 'targetCybozu');
  else if (value.targetCybozuServer === 'same' && (value.targetProtocol ?? 'sftp') !== 'sftp') {
    refuse('targetCybozuServer', 'サイボウズの移行先には SFTP で接続します。別の接続をお選びください。');
  }
}

const confirm = 'ご確認のうえ、チェックを入れてください。';
const neededAnswers: Readonly<Record<string, string>> = {
  cybozuManaged:
    'スマイルサーバではサイボウズをご利用いただけません。ご確認のうえ、チェックを入れてください。',
  cybozuSourceVersion: '移行元の版を入力してください。',
  cybozuSourceEdition: '移行元のコースを選択してください。',
  cybozuTargetVersion: '移行先の版を入力してください。',
  cybozuTargetEdition: '移行先のコースを選択してください。',
  cybozuSourceStopped: confirm,
  cybozuTargetStopped: confirm,
  targetCybozuServer: '選択してください。',
  targetCybozuRoot: '移行先のフォルダを入力してください。',
};

/** A way in of its own: names begin with `prefix`. */
function checkLogIn(value: Answers, refuse: Refuse, prefix: 'cybozu' | 'targetCybozu'): void {
  if (value[`${prefix}Host`] === undefined) refuse(`${prefix}Host`, 'サーバ名を入力してください。');
  if (value[`${prefix}User`] === undefined) refuse(`${prefix}User`, 'ユーザー名を入力してください。');
  if (prefix === 'cybozu' && value.cybozuProtocol === undefined) {
    refuse('cybozuProtocol', '接続の方法を選択してください。');
  }
  const text = (name: string) => value[`${prefix}${name}`] as string | undefined;
  const answers = {
    protocol: (text('Protocol') ?? 'sftp') as WebProtocol,
    clearText: value[`${prefix}ClearText`] as boolean | undefined,
    password: text('Password'),
    privateKey: text('PrivateKey'),
    passphrase: text('Passphrase'),
  };
  checkWebAccess(answers, (question, sentence) => {
    refuse(`${prefix}${question.charAt(0).toUpperCase()}${question.slice(1)}`, sentence);
  });
}
