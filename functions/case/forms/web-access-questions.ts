import { usualPorts, type WebProtocol } from '../access.ts';
import { directory, password, privateKey, userName } from '../fields/credentials.ts';
import { host } from '../fields/host.ts';
import { ask, choice, mayTick, optional, wholeNumber } from './question.ts';

const protocols: Readonly<Record<WebProtocol, string>> = {
  sftp: 'SFTP（暗号化あり、おすすめ）',
  ftps: 'FTPS（暗号化あり、通常のFTPSはこちら）',
  'ftps-implicit': 'FTPS・Implicit（暗号化あり、ポート990）',
  ftp: 'FTP（暗号化なし）',
};

/** Which way in. Plain FTP is there for servers that know nothing else, and says what it costs. */
export function protocolQuestion() {
  return choice('接続の方法', protocols, {
    help: 'できるだけ SFTP か FTPS をお選びください。暗号化なしの FTP では、パスワードとデータがそのままの形でネットワークを流れ、途中で読み取られるおそれがあります。',
    confided: true,
  });
}

/** Asked of those who choose plain FTP; the tick stays on record. */
export const clearTextTitle = '暗号化なしの FTP について';
export function clearTextQuestion() {
  return mayTick('暗号化なしの FTP では、パスワードとデータが暗号化されずに送られることを了解しました。', {
    help: '移行が終わりましたら、このパスワードを変更することをおすすめします。',
  });
}

/** Asked of engineers only: customers cannot weigh it. */
export function legacyAlgorithmsQuestion() {
  return mayTick('古い暗号方式も許可する', {
    help: '共通の暗号方式がなく接続できない古いサーバだけで、お使いください。解読されるおそれのある方式（SHA-1、CBC、TLS 1.0 など）も使います。',
  });
}

/** How to reach one end of a web migration: access.ts, flattened into questions. `end` says whose server it is. */
export function webAccessQuestions(end: string) {
  return {
    host: ask('text', `${end}のサーバ名（ホスト名）`, host(), {
      placeholder: 'sftp.example.jp',
      help: 'FTP ソフトの「ホスト名」「サーバー」の欄に入れる名前です。',
      maxLength: 300,
    }),
    port: optional(wholeNumber('ポート番号', '', 1, 65_535, { help: usualPortsInWords, confided: true })),
    user: ask('text', 'ユーザー名', userName(), { maxLength: 128, confided: true }),
    password: optional(
      ask('password', 'パスワード', password(1024), {
        help: 'SFTP に秘密鍵で入る場合は空欄で結構です。',
        maxLength: 1024,
        secret: true,
      }),
    ),
    privateKey: optional(
      ask('textarea', '秘密鍵', privateKey(), {
        help: 'SFTP だけで使えます。パスワードで入る場合は空欄で結構です。「-----BEGIN」から「-----END」までを貼り付けてください。',
        maxLength: 16_384,
        secret: true,
      }),
    ),
    passphrase: optional(
      ask('password', '秘密鍵のパスフレーズ', password(1024), { maxLength: 1024, secret: true }),
    ),
    root: ask('text', 'Web データのフォルダ', directory(), {
      placeholder: '/home/example/public_html',
      help: 'ホームページのファイル（index.html など）が入っているフォルダです。',
      maxLength: 1024,
      confided: true,
    }),
  };
}

const usualPortsInWords = `空欄の場合は、SFTP は ${usualPorts.sftp}、FTP と FTPS は ${usualPorts.ftp}、FTPS・Implicit は ${usualPorts['ftps-implicit']} です。`;

interface Typed {
  protocol?: WebProtocol | undefined;
  clearText?: boolean | undefined;
  password?: string | undefined;
  privateKey?: string | undefined;
  passphrase?: string | undefined;
}

/** What the answers must be to each other; `refuse` names the question. */
export function checkWebAccess(
  { protocol = 'sftp', clearText, password, privateKey, passphrase }: Typed,
  refuse: (question: keyof Typed, sentence: string) => void,
): void {
  const overSsh = protocol === 'sftp';
  if (overSsh && !password && !privateKey) {
    refuse('password', 'パスワードか秘密鍵のどちらかを入力してください。');
  }
  if (!overSsh && !password) refuse('password', 'FTP で入るにはパスワードが必要です。');
  if (!overSsh && privateKey) refuse('privateKey', '秘密鍵は SFTP だけで使えます。空欄にしてください。');
  if (passphrase && !privateKey) refuse('passphrase', 'パスフレーズは秘密鍵と一緒に入力してください。');
  if (protocol === 'ftp' && !clearText) {
    refuse(
      'clearText',
      '暗号化なしの FTP ではパスワードが読み取られるおそれがあります。了解いただける場合はチェックし、そうでない場合は SFTP か FTPS をお選びください。',
    );
  }
}
