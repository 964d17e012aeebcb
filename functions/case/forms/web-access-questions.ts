import { directory, password, privateKey, userName } from '../fields/credentials.ts';
import { host } from '../fields/host.ts';
import { ask, optional, wholeNumber } from './question.ts';

/** How to reach one end of a web migration: access.ts, flattened into questions. `end` says whose server it is. */
export function webAccessQuestions(end: string) {
  return {
    host: ask('text', `${end}のサーバ名（ホスト名）`, host(), {
      placeholder: 'sftp.example.jp',
      help: 'FTP ソフトの「ホスト名」「サーバー」の欄に入れる名前です。',
      maxLength: 300,
    }),
    port: optional(
      wholeNumber('ポート番号', '', 1, 65_535, { help: '空欄の場合は 22 です。', confided: true }),
    ),
    user: ask('text', 'ユーザー名', userName(), { maxLength: 128, confided: true }),
    password: optional(
      ask('password', 'パスワード', password(1024), {
        help: '秘密鍵で入る場合は空欄で結構です。',
        maxLength: 1024,
        secret: true,
      }),
    ),
    privateKey: optional(
      ask('textarea', '秘密鍵', privateKey(), {
        help: 'パスワードで入る場合は空欄で結構です。「-----BEGIN」から「-----END」までを貼り付けてください。',
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

export const oneCredential = 'パスワードか秘密鍵のどちらかを入力してください。';
export const keyMissing = 'パスフレーズは秘密鍵と一緒に入力してください。';
