/**
 * What a move breaks in web data (R9): one entry a kind of finding. How grave each is and how long it takes are settings
 * (`webFixes`), not code. `automatic`: a replacement exists for at least some of the places.
 */
export const fixRules = {
  'old-path': {
    title: '移行元サーバの絶対パス',
    remedy: '移行先のパスに書き換える',
    automatic: true,
  },
  'unknown-path': {
    title: '移行先に存在しないと思われる絶対パス',
    remedy: '何を指すかを確認し、移行先のパスか相対パスに書き換える',
    automatic: false,
  },
  'old-host': {
    title: '移行元サーバのホスト名',
    remedy: '移行先のホスト名に書き換える',
    automatic: true,
  },
  'old-address': {
    title: '移行元サーバの IP アドレス',
    remedy: '移行先の IP アドレスかホスト名に書き換える',
    automatic: true,
  },
  'php-removed': {
    title: '移行先の PHP で廃止された関数・変数',
    remedy: '現在の関数に書き換え、動作を確認する',
    automatic: false,
  },
  'php-deprecated': {
    title: '移行先の PHP で非推奨の関数',
    remedy: '今は動くが警告が出る。次の PHP の更新までに書き換える',
    automatic: false,
  },
  'php-syntax': {
    title: '移行先の PHP で廃止された書き方',
    remedy: '現在の書き方に直す。直すまでそのファイルは動かない',
    automatic: true,
  },
  'php-interpolation': {
    title: '文字列の中の変数の古い書き方（PHP 8.2 で非推奨）',
    remedy: '{$…} に書き換える',
    automatic: true,
  },
  'php-short-tag': {
    title: '短い開始タグ <?',
    remedy: '<?php に書き換える。設定によってはプログラムがそのまま表示される',
    automatic: true,
  },
  'php-constructor': {
    title: 'クラスと同名のコンストラクタ（PHP 8.0 で廃止）',
    remedy: '__construct に改め、継承したクラスの呼び出しも直す',
    automatic: false,
  },
  'php-setting': {
    title: '廃止された PHP の設定項目',
    remedy: '設定の行を取り除き、頼っている動作がないか確認する',
    automatic: false,
  },
  'htaccess-php': {
    title: '.htaccess の PHP の設定',
    remedy: '行を無効にし、同じ設定を .user.ini か管理画面で行う',
    automatic: true,
  },
  'htaccess-access': {
    title: '.htaccess のアクセス制限（Apache 2.2 の書き方）',
    remedy: 'Require に書き換える',
    automatic: true,
  },
  'htaccess-options': {
    title: '.htaccess の Options',
    remedy: '移行先で許可されていないため、行を無効にする',
    automatic: true,
  },
  'htaccess-handler': {
    title: '.htaccess のハンドラ指定',
    remedy: '行を無効にし、PHP の版は管理画面で選ぶ',
    automatic: true,
  },
  'htaccess-other': {
    title: '移行先で使えない .htaccess の指定',
    remedy: '代わりの方法を確認し、行を取り除くか書き換える',
    automatic: false,
  },
  'database-settings': {
    title: 'データベースの接続設定（wp-config.php・.env）',
    remedy: '移行先のデータベースの接続先、名前、利用者、パスワードに書き換える',
    automatic: true,
  },
  'database-connection': {
    title: 'プログラムに直接書かれたデータベース接続',
    remedy: '移行先のデータベースの接続情報に書き換える',
    automatic: false,
  },
  interpreter: {
    title: 'スクリプトの 1 行目（#!）',
    remedy: '移行先にあるプログラムのパスに書き換える',
    automatic: true,
  },
  'sendmail-path': {
    title: 'sendmail のパス',
    remedy: '移行先の sendmail のパスに書き換える',
    automatic: true,
  },
  'mail-sender': {
    title: 'mail() の送信者の指定（-f）',
    remedy: '移行先で許可されたメールアドレスであることを確認する',
    automatic: false,
  },
  'open-permissions': {
    title: '誰でも書き込める権限（777・666）',
    remedy: 'フォルダは 755、ファイルは 644 に改める',
    automatic: false,
  },
  'cgi-permissions': {
    title: '実行できない権限の CGI',
    remedy: '705 か 755 に改める',
    automatic: false,
  },
} as const;

export type FixRule = keyof typeof fixRules;

export const fixRuleNames = Object.keys(fixRules) as [FixRule, ...FixRule[]];

export function isFixRule(text: string): text is FixRule {
  return Object.hasOwn(fixRules, text);
}
