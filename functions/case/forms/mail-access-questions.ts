import * as z from 'zod';
import type { Case } from '../case.ts';
import { privateKey, password as secret, userName } from '../fields/credentials.ts';
import { line, listed, typed } from '../fields/text.ts';
import { ask, choice, mayTick, optional, textLine, wholeNumber } from './question.ts';

const protocols = {
  imap: 'IMAP（フォルダも移ります）',
  pop3: 'POP3（IMAP が使えない場合。受信箱だけが移ります）',
};
const securities = { tls: 'SSL/TLS（おすすめ）', starttls: 'STARTTLS', plain: '暗号化しない' };
const passwords = {
  list: '一覧に書いて渡す',
  holders: '使っている方それぞれに、専用のページで入力してもらう（送信後に、お一人ずつのリンクを表示します）',
  master: '管理者のアカウントですべてのメールを開く',
};
const deleted = { keep: 'そのまま移す', skip: '移さない' };
const styles = {
  'authorisation-identity': '管理者の名前とパスワードで、利用者を名指しして開く（SASL PLAIN）',
  separator: '「利用者*管理者」の形の名前で開く（Dovecot など）',
};

const longestList = 400_000;

const listHelp =
  'メールアドレスを1行に1つご記入ください。パスワードを渡す場合は「info@example.jp,パスワード」の形です。表計算ソフトのセルを貼り付けることもできます。';
const fileHelp = `上の欄の代わりに、ファイルでも結構です。Excel のブック（.xlsx）は、「アカウント」と名の付くシート、なければ最初のシートを読みます。
1行目は見出しです。列は「移行元アカウント」「移行元パスワード」、必要なら「移行先アカウント」「移行先パスワード」（空欄は移行元と同じ）。パスワードの列は、セルの書式を「文字列」にしてから入力してください。
別名・転送・メーリングリストは、「種別」の列に「別名」「転送」「メーリングリスト」、「転送先」の列に宛先を書いてください（移行先での設定の作業として記録します）。`;

/** The mailboxes that the hearing sheet named. */
export function heardAddresses({ forms }: Pick<Case, 'forms'>): string[] {
  return z.array(z.string()).catch([]).parse(forms['hearing-sheet']?.value.mailAddresses);
}

/** The domains that the hearing sheet named. */
export function heardDomains({ forms }: Pick<Case, 'forms'>): string[] {
  return z.array(z.string()).catch([]).parse(forms['hearing-sheet']?.value.domains);
}

const heardHelp =
  'ヒアリングシートでうかがったアドレスを入れてあります。足りないものを書き足し、移さないものを消してください。';

/**
 * Of `source-access`: server, accounts, and where their passwords come from. `heard` are the addresses that the hearing
 * sheet named, for the customer to confirm.
 */
export function sourceMailQuestions(heard: readonly string[]) {
  return {
    mailProtocol: choice('受信の方式', protocols, { help: '分からない場合は IMAP をお選びください。' }),
    ...serverQuestions('mail', '移行元のメールサーバ名'),
    mailPasswords: choice('パスワードの渡し方', passwords),
    mailList: optional(
      ask('textarea', 'メールアカウントの一覧', typed(longestList), {
        help: [...(heard.length > 0 ? [heardHelp] : []), listHelp].join('\n'),
        ...(heard.length > 0 && { given: heard.join('\n') }),
        placeholder: 'info@example.jp\ntaro@example.jp',
        maxLength: longestList,
        secret: true,
      }),
    ),
    mailFile: optional(
      ask('file', '一覧のファイル（Excel か CSV）', typed(longestList), {
        help: fileHelp,
        secret: true,
      }),
    ),
    mailDeleted: choice('削除の印が付いたまま残っているメール', deleted, {
      help: 'メールソフトで削除した後も、サーバから消えずに残っているメールです。分からない場合は「そのまま移す」をお選びください。',
    }),
  };
}

/** Of `source-access`, while an administrator opens the mailboxes. */
export function sourceMasterQuestions() {
  return masterQuestions('mail');
}

/** Of `migration-details`. `domains` are those that the hearing sheet named, for the engineer to confirm. */
export function targetMailQuestions(domains: readonly string[]) {
  return {
    ...serverQuestions('targetMail', '移行先のメールサーバ名（IMAP）'),
    ...masterQuestions('targetMail', '空欄の場合は、利用者ごとのパスワードで入ります。'),
    targetMailTargets: optional(
      ask('textarea', '移行先のドメインまたはアカウント', agreedTargets(), {
        secret: true,
        help: 'お客さまと合意したものを1行に1つ。管理者での開封とコマンドでの作成は、ここにあるものに限ります。お客さまの一覧にほかのアカウントがあれば、開かずに台帳へ記録します。',
        placeholder: 'example.jp\ninfo@example.com',
        maxLength: 4000,
        ...(domains.length > 0 && { given: domains.join('\n') }),
      }),
    ),
    targetMailVerify: choice('移行後の内容の照合', {
      sample: '一部を読み直して照合する（件数・大きさ・印・日時はすべて）',
      full: 'すべてを読み直して照合する',
    }),
    targetMailCreation: choice('メールアカウントの作成', {
      none: 'すでに作成してある',
      panel: 'コントロールパネルに取り込む CSV を使う（接続情報の画面からダウンロード）',
      command: '移行先のサーバで SSH からコマンドを実行する',
    }),
    targetMailCommand: optional(
      textLine('作成コマンド', 1000, {
        placeholder: 'sudo add-mailbox {account}',
        help: '{account} はアカウント、{name} と {domain} は「@」の前と後ろに置き換わります。パスワードはコマンドの標準入力に1行で渡します。',
        confided: true,
      }),
    ),
    targetMailShellHost: optional(
      ask('text', 'SSH のサーバ名', serverName(), { maxLength: 253, confided: true }),
    ),
    targetMailShellPort: optional(
      wholeNumber('SSH のポート番号', '', 1, 65_535, { help: '空欄の場合は 22 です。' }),
    ),
    targetMailShellUser: optional(
      ask('text', 'SSH のユーザー名', userName(), { maxLength: 128, confided: true }),
    ),
    targetMailShellPassword: optional(
      ask('password', 'SSH のパスワード', secret(1024), { maxLength: 1024, secret: true }),
    ),
    targetMailShellPrivateKey: optional(
      ask('textarea', 'SSH の秘密鍵', privateKey(), { maxLength: 16_384, secret: true }),
    ),
  };
}

function serverQuestions<P extends 'mail' | 'targetMail'>(prefix: P, label: string) {
  return named(prefix, {
    Host: ask('text', label, serverName(), {
      placeholder: 'mail.example.jp',
      maxLength: 253,
      confided: true,
    }),
    Port: optional(
      wholeNumber('ポート番号', '', 1, 65_535, {
        help: '空欄の場合は、IMAP は 993（SSL/TLS）か 143、POP3 は 995 か 110 です。',
        confided: true,
      }),
    ),
    Security: choice('通信の暗号化', securities, {
      help: 'メールソフトの受信サーバの設定と同じものです。分からない場合は SSL/TLS をお選びください。',
    }),
  });
}

/** Asked of those who choose no encryption; the tick stays on record. */
export const clearMailTitle = '暗号化しないメールの通信について';
export function clearMailQuestion() {
  return mayTick('パスワードとメールが、暗号化されずに送られることを了解しました。', {
    help: '移行が終わりましたら、メールのパスワードを変更することをおすすめします。',
  });
}

function masterQuestions<P extends 'mail' | 'targetMail'>(prefix: P, help?: string) {
  return named(prefix, {
    MasterUser: optional(
      ask('text', '管理者のユーザー名', userName(), {
        maxLength: 128,
        confided: true,
        ...(help && { help }),
      }),
    ),
    MasterPassword: optional(
      ask('password', '管理者のパスワード', secret(1024), { maxLength: 1024, secret: true }),
    ),
    MasterStyle: optional(choice('管理者での開き方', styles)),
    MasterSeparator: optional(
      ask('text', '利用者と管理者の間の文字', separator(), {
        maxLength: 1,
        confided: true,
        help: '「利用者*管理者」の「*」にあたる文字です。空欄の場合は「*」です。',
      }),
    ),
  });
}

/** The same questions for both ends, under names of their own. */
function named<P extends string, Q extends object>(prefix: P, questions: Q) {
  return Object.fromEntries(
    Object.entries(questions).map(([name, question]) => [prefix + name, question]),
  ) as { [K in keyof Q as `${P}${K & string}`]: Q[K] };
}

function agreedTargets() {
  return typed(4000)
    .transform((text) => [...new Set(listed(text))])
    .pipe(z.array(z.string().max(320)).max(200, '200件以内で入力してください。'));
}

/** None that a name may hold: with it a customer's account could say whose mailbox is meant (mail-targets.ts). */
function separator() {
  return line(1)
    .normalize('NFKC')
    .refine(
      (text) => /^[*%,/:;]$/.test(text),
      '「*」「%」「,」「/」「:」「;」のどれか1つを、半角で入力してください。',
    );
}

function serverName() {
  return line(253).refine(
    (text) => /^[A-Za-z0-9.:_-]+$/.test(text),
    'サーバ名を「mail.example.jp」の形で入力してください。',
  );
}
