import { InvalidInputError } from '../errors.ts';
import type { MailAccountPart, SourceMailAccess } from '../mail-access.ts';
import { readAccounts } from './mail-accounts.ts';

/** More accounts than this are not asked one by one. */
const mostHolders = 200;

/** Cells that are named at once; of the others the number. */
const mostShown = 10;

type Answer = (name: string) => unknown;
type Refuse = (name: string, sentence: string) => void;

/** What the answers of `source-access` must be to each other; a list that only says what was `heard` gives way to a file. */
export function checkSourceMail(answer: Answer, refuse: Refuse, heard: readonly string[]): void {
  checkClear('mail', answer, refuse);
  const list = answer('mailList') as string | undefined;
  const file = answer('mailFile') as string | undefined;
  const how = answer('mailPasswords') as SourceMailAccess['passwords'] | undefined;
  const field = file ? 'mailFile' : 'mailList';
  const ownList =
    list &&
    list
      .split(/[\r\n]+/)
      .filter(Boolean)
      .join() !== heard.join();
  if (ownList && file) refuse('mailFile', '一覧は、貼り付けかファイルのどちらか一つにしてください。');
  else if (!list && !file) refuse('mailList', 'アカウントの一覧を貼り付けるか、ファイルを選んでください。');
  else if (how) {
    const read = tryAccounts(file ?? list ?? '', how);
    if (typeof read === 'string') refuse(field, read);
    else if (how === 'holders' && read.accounts.length > mostHolders) {
      refuse(
        'mailPasswords',
        `お一人ずつの入力は${mostHolders}アカウントまでです。ほかの渡し方をお選びください。`,
      );
    }
  }
  if (how === 'master') checkMaster('mail', answer, refuse);
  if (how === 'master' && answer('mailProtocol') === 'pop3' && answer('mailMasterStyle') !== 'separator') {
    refuse('mailMasterStyle', 'POP3 では「利用者*管理者」の形だけが使えます。');
  }
}

/** What the answers of `migration-details` must be to each other. */
export function checkTargetMail(answer: Answer, refuse: Refuse): void {
  checkClear('targetMail', answer, refuse);
  if (answer('targetMailMasterUser')) checkMaster('targetMail', answer, refuse);
  const reachesAll = answer('targetMailMasterUser') || answer('targetMailCreation') === 'command';
  if (reachesAll && !(answer('targetMailTargets') as string[] | undefined)?.length) {
    refuse(
      'targetMailTargets',
      '管理者で開く場合とコマンドで作成する場合は、お客さまと合意したドメインまたはアカウントを入力してください。',
    );
  }
  if (answer('targetMailCreation') !== 'command') return;
  const template = String(answer('targetMailCommand') ?? '');
  if (!isAccountCommand(template)) {
    refuse(
      'targetMailCommand',
      '{account} か {name} を入れ、引用符・「\\」・「`」・{password} は使わないでください。',
    );
  }
  if (!answer('targetMailShellHost')) refuse('targetMailShellHost', 'SSH のサーバ名を入力してください。');
  if (!answer('targetMailShellUser')) refuse('targetMailShellUser', 'SSH のユーザー名を入力してください。');
  if (!answer('targetMailShellPassword') && !answer('targetMailShellPrivateKey')) {
    refuse('targetMailShellPassword', 'パスワードか秘密鍵のどちらかを入力してください。');
  }
}

/** A template that quotes nothing itself: each account is put in as one word of the shell. */
export function isAccountCommand(template: string): boolean {
  return /\{(account|name)\}/.test(template) && !/['"`\\]|\{password\}|\p{Cc}/u.test(template);
}

function checkClear(prefix: string, answer: Answer, refuse: Refuse): void {
  if (answer(`${prefix}Security`) === 'plain' && !answer(`${prefix}Clear`)) {
    refuse(`${prefix}Clear`, '暗号化しない場合は、了解のチェックを入れてください。');
  }
}

function checkMaster(prefix: string, answer: Answer, refuse: Refuse): void {
  if (!answer(`${prefix}MasterUser`)) refuse(`${prefix}MasterUser`, '管理者のユーザー名を入力してください。');
  if (!answer(`${prefix}MasterPassword`))
    refuse(`${prefix}MasterPassword`, '管理者のパスワードを入力してください。');
  if (!answer(`${prefix}MasterStyle`)) refuse(`${prefix}MasterStyle`, '開き方を選んでください。');
}

/** The list, or what is wrong with it in one text. */
function tryAccounts(text: string, passwords: SourceMailAccess['passwords']): MailAccountPart | string {
  if (text.includes('\0')) return 'Excel のブック（.xlsx）か、CSV のファイルを選んでください。';
  try {
    return readAccounts(text, { passwords });
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error;
    const sentences = Object.values(error.fields);
    const more = sentences.length > mostShown ? `ほか${sentences.length - mostShown}か所。` : '';
    return sentences.slice(0, mostShown).join(' ') + more;
  }
}
