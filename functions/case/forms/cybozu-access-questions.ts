import { cybozuEditions, versionText } from '../cybozu-access.ts';
import { directory } from '../fields/credentials.ts';
import { plain } from '../fields/text.ts';
import { ask, choice, mayTick, needed, optional, type Question, textArea } from './question.ts';
import { protocolQuestion, webAccessQuestions } from './web-access-questions.ts';

const servers = {
  same: 'Web データと同じサーバ・同じユーザー',
  other: '別のサーバ、または別のユーザー',
};
const special = 'SFTP や FTP では接続できない、またはわからない';
const ways = { engine: '自動で移行する', hand: '作業担当者が手で移行する' };

/** Of `source-access`: where the data is, and whether the way in is that of the web data. */
export function sourceCybozuQuestions(web: boolean) {
  return {
    cybozuServer: choice('サイボウズのサーバへの接続', {
      ...serversOffered(web, 'SFTP や FTP で接続する'),
      special,
    }),
    cybozuRoot: optional(
      folder('サイボウズのフォルダ', {
        help: 'サイボウズ Office 10 は「データディレクトリ」、6～9 は「インストールディレクトリ」です。中に「cb5」というフォルダがあります。わからない場合は空欄で結構です。',
      }),
    ),
  };
}

/** Of `source-access`, where no engine can connect: for the engineer, who then moves by hand. */
export function specialCybozuQuestions() {
  return {
    otherAccess: needed(
      textArea('サイボウズのサーバに接続するための情報', 8000, {
        help: 'サーバ名、接続の方法、ユーザー名、パスワードなど、わかる範囲でご記入ください。',
        secret: true,
      }),
    ),
  };
}

/** Of `source-access`, where the way in is another. Which of them are needed is in checkLogIn (cybozu-rules.ts). */
export function sourceCybozuLogInQuestions() {
  const { host, port, user, password, privateKey, passphrase } = webAccessQuestions('移行元');
  return {
    cybozuProtocol: needed(protocolQuestion()),
    cybozuHost: needed(host),
    cybozuPort: port,
    cybozuUser: needed(user),
    cybozuPassword: password,
    cybozuPrivateKey: privateKey,
    cybozuPassphrase: passphrase,
    cybozuClearText: mayTick(
      '暗号化なしの FTP の場合：パスワードとデータが暗号化されずに送られることを了解しました。',
    ),
  };
}

/** Of `migration-details`: what no engine can move is the engineer's own work. */
export function cybozuWayQuestion() {
  return {
    cybozuBy: choice('移行の方法', ways, {
      help: '自動で移行できるのは、パッケージ版のサイボウズ Office 6～10 を、同じ版に移す場合です。',
    }),
  };
}

/** Of `migration-details`, for the engine: what the engineer saw and did, and where the data goes (R8, R10). */
export function targetCybozuQuestions(web: boolean) {
  return {
    cybozuManaged: needed(tick('移行先はマネージドサーバです。')),
    cybozuSourceVersion: needed(version('移行元の版')),
    cybozuSourceEdition: needed(course('移行元のコース')),
    cybozuTargetVersion: needed(version('移行先の版')),
    cybozuTargetEdition: needed(course('移行先のコース')),
    cybozuSourceStopped: needed(
      tick(
        '移行の開始日時までに、移行元のサイボウズのサービス（スケジューリングサービスなど）を停止します。',
        {
          help: '移行の間は、移行元のサイボウズを自動でメンテナンス状態にし、終わると解除します。',
        },
      ),
    ),
    cybozuTargetStopped: needed(tick('移行の開始日時までに、移行先のサイボウズを停止します。')),
    cybozuSourceRoot: optional(
      folder('移行元のサイボウズのフォルダ', {
        help: 'お客さまの回答と異なる場合や、回答がない場合に入力してください。',
      }),
    ),
    targetCybozuRoot: needed(
      folder('移行先のサイボウズのフォルダ', {
        help: 'サイボウズ Office 10 は「データディレクトリ」、6～9 は「インストールディレクトリ」です。ここにもともとあるデータは、消さずに「cb5/data.kept-受付番号」などの名前で残します。',
      }),
    ),
    targetCybozuOwner: optional(
      ask('text', '移行先のデータの所有者（番号）', owner(), {
        placeholder: '48:48',
        help: '「ユーザー番号:グループ番号」の形です。空欄の場合は、インストールされているデータと同じ所有者にします。',
        maxLength: 21,
        confided: true,
      }),
    ),
    targetCybozuServer: needed(choice('移行先のサーバへの接続', serversOffered(web, 'SFTP で接続する'))),
  };
}

/** Of `migration-details`, where the way in is another than that of the web data. SFTP only. */
export function targetCybozuLogInQuestions() {
  const { host, port, user, password, privateKey, passphrase } = webAccessQuestions('移行先');
  return {
    targetCybozuHost: needed(host),
    targetCybozuPort: port,
    targetCybozuUser: needed(user),
    targetCybozuPassword: password,
    targetCybozuPrivateKey: privateKey,
    targetCybozuPassphrase: passphrase,
  };
}

/** A server that is not offered is not accepted either: a choice knows its own options. */
function serversOffered(web: boolean, alone: string): typeof servers {
  return (web ? servers : { other: alone }) as typeof servers;
}

function folder(label: string, { help }: { help: string }): Question<string> {
  return ask('text', label, directory(), {
    placeholder: '/usr/local/cybozu/office/cbag',
    help,
    maxLength: 1024,
    confided: true,
  });
}

function tick(label: string, hints: { help?: string } = {}): Question<boolean> {
  return mayTick(label, hints);
}

function version(label: string): Question<string> {
  const schema = plain(20).refine((text) => versionText.test(text), '「10.8.5」の形で入力してください。');
  return ask('text', label, schema, {
    placeholder: '10.8.5',
    help: '製品の画面（ヘルプの製品情報）に表示される版です。',
    maxLength: 20,
  });
}

function course(label: string) {
  return choice(label, cybozuEditions, {}, 'select');
}

function owner() {
  return plain(21).refine((text) => /^\d{1,10}:\d{1,10}$/.test(text), '「48:48」の形で入力してください。');
}
