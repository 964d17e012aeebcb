import type { ObjectLine, Outcome } from './object-line.ts';
import type { ReportLine } from './verification.ts';

/** What lines of ledgers, forecasts and reports are called on pages and in files for people. Kinds: PostgreSQL has many more. */
export const kindNames: Readonly<Record<string, string>> = {
  file: 'ファイル',
  directory: 'フォルダ',
  symlink: 'シンボリックリンク',
  other: '特殊ファイル（ソケット、デバイスなど）',
  message: 'メール',
  mailbox: 'メールのフォルダ',
  account: 'メールアカウント',
  setting: '別名・転送・メーリングリスト',
  table: '表',
  rows: '表の行',
  view: 'ビュー',
  'materialized view': 'マテリアライズドビュー',
  index: '索引',
  constraint: '制約',
  'fk constraint': '外部キー制約',
  sequence: 'シーケンス',
  trigger: 'トリガー',
  event: 'イベント',
  procedure: 'プロシージャ',
  function: '関数',
  type: '型',
  schema: 'スキーマ',
  extension: '拡張機能',
  grant: '権限',
  acl: '権限',
  'withdrawn grant': '移行元で取り消された権限',
  'withdrawn privileges': '移行元で取り消された権限',
  'large objects': 'ラージオブジェクト',
  statement: 'SQL 文',
  'left out': '実行しない SQL 文',
};

export const kindName = (kind: string): string =>
  Object.hasOwn(kindNames, kind) ? (kindNames[kind] ?? kind) : kind;

export const outcomeNames: Readonly<Record<Outcome, string>> = {
  moved: '移行済み',
  altered: '調整して移行',
  skipped: '対象外',
  unchanged: '変更なし',
};

export const verifiedNames: Readonly<Record<NonNullable<ObjectLine['verified']>, string>> = {
  match: '一致',
  kept: '移行先の変更を維持',
  differs: '内容が異なる',
  missing: '移行先にない',
};

/** In the order in which they want to be looked at. */
export const resultWords: Readonly<
  Record<ReportLine['result'], { label: string; help: string; bad?: true }>
> = {
  differs: { label: '内容が異なる', help: '再実行すると、もう一度移行します。', bad: true },
  missing: { label: '移行先にない', help: '再実行すると、もう一度移行します。', bad: true },
  unrecorded: { label: '記録がない', help: '再実行すると、もう一度移行します。', bad: true },
  'not-fixed': {
    label: '承認された修正を適用できていない',
    help: 'ファイルは移行元のまま移行しています。手作業での修正が必要です。',
    bad: true,
  },
  'only-in-source': {
    label: '移行元だけにある',
    help: '棚卸しの時にはなかったものです。次回の差分移行の対象です。',
  },
  'changed-at-source': { label: '移行後に移行元で変更', help: '次回の差分移行の対象です。' },
  altered: { label: '調整して移行', help: '移行元とは、記載の点が異なります。' },
  skipped: { label: '対象外', help: '記載の理由により、移行していません。' },
  'replaced-at-target': {
    label: '移行先にあったものを置き換え',
    help: '移行の前から移行先にあった、同じ名前の別のものを、移行元のもので置き換えました。',
  },
  'kept-at-target': { label: '移行先の変更を維持', help: '移行先で変更されていたため、上書きしていません。' },
  'only-in-target': { label: '移行先だけにある', help: '移行元にはありません。削除はしません。' },
};
