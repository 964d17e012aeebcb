import type { ServerKind } from '../case/case.ts';
import type { TaskKind } from '../case/tasks.ts';
import { type Html, html } from './markup.ts';

export interface NoticeContext {
  kind: TaskKind;
  partner: string;
  serverKind: ServerKind;
}

const install =
  'サイボウズのインストールはデータ移行に含まれません。「サイボウズ®Office インストール作業」を別途お申し込みください。'; // R10
const noCybozu =
  'スマイルサーバではサイボウズをご利用いただけません。プラットフォーム移行の対象でサイボウズをご利用中の場合は、担当者がご相談を承ります。'; // R8, R11
const mayDecline = '環境調査の結果、データ移行をお引き受けできない場合があります。'; // R15
const backup =
  '老朽化したサーバや動作が不安定なサーバでは、データが失われる可能性があります。お客さまにて必ずデータのバックアップを行ってください。'; // R19
const notOrderable = '簡易お見積もりではお申し込みいただけません。'; // R28
const noCancel = 'お申し込みの受理後は、キャンセルも変更もできません。'; // R33
const afterAcceptance = '検収書の提出をもって完了となります。検収完了後の追加作業は致しかねます。'; // R16
const outside = 'お見積もりの範囲外の作業をご依頼の場合は、追加料金が発生します。'; // R17
const copyHours = 'データのコピーを行う時間帯にご希望がある場合は、あらかじめお申し出ください。'; // R23
const erased = 'お預かりしたデータと接続情報は、環境調査と移行作業の終了後にそれぞれ速やかに消去します。'; // R24

/** What the specification wants to be said before a step is taken; the weightiest first. */
function sentences({ kind, partner, serverKind }: NoticeContext): { careful: string[]; plain: string[] } {
  const contact = `環境調査と移行作業は${partner}が行います。同社より直接ご連絡する場合があります。`; // R2
  const hours = `作業の実施時間は${partner}の都合によります。`; // R20
  const cybozu = serverKind === 'smile' ? noCybozu : install;
  switch (kind) {
    case 'hearing-sheet':
      return { careful: [notOrderable], plain: [mayDecline, cybozu, outside] };
    case 'formal-quote-request':
      return { careful: [notOrderable, backup], plain: [mayDecline] };
    case 'consent':
      return { careful: [backup, mayDecline], plain: [contact, hours, copyHours, erased] };
    case 'source-access':
      return { careful: [backup], plain: [contact, copyHours, erased] };
    // Whoever moves Cybozu reads in the quote that its installation is not part of it (R10).
    case 'order':
      return { careful: [noCancel, backup], plain: [outside, contact, hours] };
    case 'acceptance':
      return { careful: [afterAcceptance], plain: [outside] };
    case 'extra-order':
      return { careful: [outside, noCancel], plain: [afterAcceptance] };
    default:
      return { careful: [], plain: [] };
  }
}

export function notices(context: NoticeContext): Html {
  const { careful, plain } = sentences(context);
  return html`${list('care', '必ずご確認ください', careful)}${list('info', 'ご案内', plain)}`;
}

function list(tone: 'care' | 'info', title: string, items: readonly string[]): Html | false {
  if (items.length === 0) return false;
  return html`<section class="note ${tone}"><h2>${title}</h2><ul>${items.map((item) => html`<li>${item}</li>`)}</ul></section>`;
}
