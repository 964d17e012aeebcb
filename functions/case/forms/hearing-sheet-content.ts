import type { Plan } from '../case.ts';
import { mails } from '../fields/mail.ts';
import { ask, choice, needed, optional, size, textLine, wholeNumber } from './question.ts';

const known = { yes: 'あり', no: 'なし', unknown: '分からない' };
const engines = {
  mysql: 'MySQL',
  mariadb: 'MariaDB',
  postgresql: 'PostgreSQL',
  other: 'その他',
  unknown: '分からない',
};
const protocols = { imap: 'IMAP', pop: 'POP', both: '両方', unknown: '分からない' };
const editions = { office: 'サイボウズ Office', garoon: 'Garoon', other: 'その他', unknown: '分からない' };

/** More of them nobody types. */
const mostAddresses = 100;

/** What there is to move, by plan. All may stay empty by themselves: which plan needs what is below. */
export function contentQuestions() {
  return {
    web: {
      webGigabytes: needed(
        size('Web データの容量', {
          help: '管理画面の「ディスク使用量」をご覧ください。例：1.5、800MB。見つからない場合は、ご契約プランの容量をご記入ください。',
        }),
      ),
      webFiles: optional(wholeNumber('ファイルのおよその数', '個', 0, 100_000_000)),
      webCms: optional(
        textLine('お使いの CMS', 100, {
          help: 'ホームページを作る仕組みです。WordPress、EC-CUBE、Movable Type など。使っていない場合は空欄で結構です。',
        }),
      ),
      webPhp: optional(textLine('PHP のバージョン', 40, { help: '分かる場合にご記入ください。例：7.4' })),
      webTls: optional(
        choice('SSL／TLS 証明書（https）', known, {
          help: 'ホームページのアドレスが「https://」で始まる場合は「あり」です。',
        }),
      ),
      webCron: optional(
        choice('定期実行（cron）', known, {
          help: '決まった時刻に自動で動くプログラムです。心当たりがなければ「分からない」で結構です。',
        }),
      ),
      webForms: optional(choice('お問い合わせフォームなど、メールを送る仕組み', known)),
    },
    database: {
      databaseEngine: needed(choice('データベースの種類', engines, {}, 'select')),
      databaseVersion: optional(textLine('データベースのバージョン', 40)),
      databaseCount: needed(
        wholeNumber('データベースの数', '個', 1, 10_000, {
          help: 'WordPress などの仕組み1つにつき、通常は1個です。分からない場合は、おおよその数をご記入ください。',
        }),
      ),
      databaseGigabytes: needed(
        size('データベースの容量の合計', {
          help: '管理画面、または phpMyAdmin でご覧いただけます。例：0.3、300MB。分からない場合は、おおよその容量をご記入ください。',
        }),
      ),
    },
    mail: {
      mailAccounts: needed(
        wholeNumber('メールアカウントの数', '個', 1, 100_000, {
          help: 'サーバにあるメールアドレスの数です。転送だけのアドレスは含みません。',
        }),
      ),
      mailGigabytes: needed(
        size('メールの容量の合計', {
          help: 'サーバに残っているメールの合計です。例：5、800MB。分からない場合は、おおよその容量をご記入ください。',
        }),
      ),
      mailProtocol: needed(
        choice('メールの受信方法', protocols, {
          help: 'メールソフトのアカウント設定の「受信サーバー」に、IMAP か POP と書かれています。',
        }),
      ),
      mailAddresses: optional(
        ask('textarea', '移行するメールアドレス', mails(mostAddresses), {
          help: `1行に1つ、${mostAddresses}件までご記入ください。後でパスワードなどをお伺いするページに、入力済みの状態で表示します。パスワードは書かないでください。数が多い場合は空欄のままで、後で Excel などの一覧をいただきます。`,
          placeholder: 'info@example.jp\ntaro@example.jp',
          maxLength: mostAddresses * 300,
        }),
      ),
      mailLists: optional(wholeNumber('メーリングリストの数', '個', 0, 10_000)),
      mailForwarding: optional(choice('転送の設定', known)),
    },
    cybozu: {
      cybozuEdition: needed(choice('製品', editions, {}, 'select')),
      cybozuVersion: needed(
        textLine('サイボウズのバージョン', 40, {
          help: '例：10.8.7。サイボウズの画面の一番下などに表示されます。分からない場合は「不明」とご記入ください。',
        }),
      ),
      cybozuUsers: needed(wholeNumber('利用者の数', '名', 1, 100_000)),
      cybozuGigabytes: needed(
        size('サイボウズのデータの容量', { help: '分からない場合は、おおよその容量をご記入ください。' }),
      ),
    },
  };
}

/** Without these a plan cannot be quoted (R27). */
export const neededByPlan = {
  web: ['webGigabytes'],
  database: ['databaseEngine', 'databaseCount', 'databaseGigabytes'],
  mail: ['mailAccounts', 'mailGigabytes', 'mailProtocol'],
  cybozu: ['cybozuEdition', 'cybozuVersion', 'cybozuUsers', 'cybozuGigabytes'],
} as const satisfies Record<Plan, readonly string[]>;
