import { formatDate, formatDateTime, formatDay } from './calendar.ts';
import type { Actor, Stage } from './case.ts';
import type { Quote } from './quote.ts';
import type { DocumentRevision } from './settings.ts';

/** What the pages, the letters and the documents call things: one name for one thing. Plans and servers: eligibility.ts. */

export const actorNames: Record<Actor | 'nobody', string> = {
  customer: 'お客さま',
  staff: '受付担当',
  engineer: '技術担当',
  finance: '経理担当',
  system: '自動処理中',
  nobody: '対応なし',
};

export const stageNames: Record<Stage, string> = {
  opened: '受付済み',
  hearing: 'ヒアリング中',
  consulting: 'ご相談中',
  'simple-quoted': '簡易お見積もり提示済み',
  consenting: '同意書の確認中',
  surveying: '環境調査中',
  quoting: '正式お見積もり作成中',
  'formal-quoted': '正式お見積もり提示済み',
  'reviewing-order': 'お申込み内容の確認中',
  ordered: 'お申込み受理済み',
  migrating: '移行作業中',
  checking: '動作確認・検収待ち',
  reworking: '検収不合格への対応中',
  completed: '検収完了',
  invoiced: 'ご請求済み',
  declined: 'お引き受け不可',
  closed: '終了',
};

export const quoteNames: Record<Quote['kind'], string> = {
  simple: '簡易お見積もり',
  formal: '正式お見積もり',
  extra: '追加作業のお見積もり',
};

export const documentNames: Record<DocumentRevision['id'], string> = {
  'service-spec': 'サービス仕様書',
  'option-spec': 'データ移行支援オプション仕様書',
  terms: '利用規約',
  'price-list': '料金表',
};

/** `2026年12月4日（金） 23:59まで（日本時間）` */
export function deadlineText(dueAt: string): string {
  return `${momentText(dueAt)}まで（日本時間）`;
}

/** `2026年12月4日（金）`, in Japan. */
export function dateText(at: string): string {
  return wide(formatDate(new Date(at)));
}

/** A day `2026-12-04` as `2026年12月4日（金）`. */
export function dayText(day: string): string {
  return wide(formatDay(day));
}

/** `2026年12月4日（金） 10:00`, in Japan. */
export function momentText(at: string): string {
  return wide(formatDateTime(new Date(at)));
}

/** The weekday in brackets as wide as the signs around them. */
function wide(text: string): string {
  return text.replace('(', '（').replace(')', '）');
}

/** `12,345`; negative amounts as `-12,345`. Written out so that no machine's locale matters. */
export function grouped(integer: number): string {
  return String(integer).replace(/\B(?=(\d{3})+(?!\d))/g, ',');
}

export function yenText(yen: number): string {
  return `${grouped(yen)}円`;
}

/** The reduced rate (軽減税率) since 2019; its lines are marked on quotes and invoices, as the law wants it. */
export const reducedRate = 8;
export const reducedNote = `※印は軽減税率（${reducedRate}%）の対象です。`;

/** An estimate in words, rounded up: `約2時間10分`. */
export function durationText(seconds: number): string {
  if (seconds < 60) return '1分未満';
  if (seconds < 3600) return `約${Math.ceil(seconds / 60)}分`;
  const tens = Math.ceil(seconds / 600);
  const [hours, minutes] = [Math.floor(tens / 6), (tens % 6) * 10];
  if (hours >= 72) return `約${Math.round(hours / 24)}日`;
  return `約${hours}時間${minutes > 0 ? `${minutes}分` : ''}`;
}

/** `1.5 GB`: decimal units, as hosting plans count. */
export function bytesText(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : Math.round(value * 10) / 10} ${units[unit]}`;
}
