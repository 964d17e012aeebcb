import type { TaskKind } from './tasks.ts';

export interface Names {
  /** The hosting company. */
  issuer: string;
  /** The company that surveys and migrates (R2). */
  partner: string;
}

interface CustomerWording {
  /** Of the letter that asks for it. */
  subject: string;
  /** The customer may just as well leave it: a reminder then speaks of considering. */
  optional?: true;
  /** What we ask for, as a letter says it. */
  ask: string;
  /** What happens when nothing comes in by the deadline. Nothing is ever accepted by silence. */
  ifNot: string;
  /** What happens after it was handed in, in order. */
  next: readonly string[];
}

/**
 * Customers' steps in words: the form's page, the page after it and the letters say the same. `ordered`: the order was
 * accepted, so that the source's details are asked for a second time (R24).
 */
export function customerWording(
  kind: TaskKind,
  { issuer, partner }: Names,
  ordered = false,
): CustomerWording | undefined {
  const extended =
    '期限までにご提出がない場合は、弊社の担当者よりご連絡し、期限の延長またはお手続きの終了についてご相談いたします。';
  const wording: Partial<Record<TaskKind, CustomerWording>> = {
    'hearing-sheet': {
      subject: 'ヒアリングシートご記入のお願い',
      ask: '簡易お見積もりのため、現在お使いのサーバについてヒアリングシートにご記入をお願いいたします。お分かりになる範囲でのご記入で差し支えありません。',
      ifNot: extended,
      next: [
        `${issuer}が記入漏れ等がないことを確認します。不備がある場合は、修正をお願いするメールをお送りします。`,
        '確認ができましたら、簡易お見積もりをメールでご提示します。',
      ],
    },
    'formal-quote-request': {
      subject: '簡易お見積もりのご提示',
      optional: true,
      ask: '簡易お見積もりをご提示いたします。簡易お見積もりではお申し込みいただけません。お申し込みをご検討の場合は、環境調査にもとづく正式お見積もりをご依頼ください。',
      ifNot: '期限までにご依頼がない場合、簡易お見積もりは失効します。',
      next: [
        '正式お見積もりのための同意書を、メールでご案内します。',
        `同意書の受理後、${partner}が環境調査を行います。`,
      ],
    },
    consent: {
      subject: '同意書ご記入のお願い',
      ask: '正式お見積もりにあたり、環境調査についての同意書のご記入をお願いいたします。ご記入の前に、お客さまにて必ずデータのバックアップを行ってください。',
      ifNot: extended,
      next: [
        `${issuer}が記入漏れ等がないことを確認し、正式お見積もりのお申込みを受理します。`,
        '移行元サーバの情報をお伺いするメールをお送りします。',
        `${partner}が環境調査を行います。調査のため、同社より直接ご連絡する場合があります。`,
        '調査の結果にもとづき、正式お見積もりをご提示します。調査の結果、お引き受けできない場合があります。',
      ],
    },
    'source-access': {
      subject: ordered
        ? '移行元サーバ情報のご提供のお願い（移行作業）'
        : '移行元サーバ情報のご提供のお願い（環境調査）',
      ask: `${
        ordered
          ? '環境調査の際にお預かりした接続情報は消去いたしました。移行作業のため、お手数ですが、あらためて移行元サーバの接続情報のご提供をお願いいたします。'
          : '環境調査のため、移行元サーバの接続情報のご提供をお願いいたします。'
      }ご入力いただいた情報は暗号化して保管し、環境調査および移行作業の終了後に速やかに消去いたします。`,
      ifNot: extended,
      next: [
        `${partner}が、いただいた情報で接続を確認します。接続できない場合は、同社より直接ご連絡します。`,
        ordered
          ? '移行の日程とお客さまにお願いする作業を調整し、メールでお知らせします。'
          : '環境調査の結果にもとづき、正式お見積もりをメールでご提示します。',
        '接続情報は、作業の終了後に速やかに消去します。',
      ],
    },
    order: {
      subject: '正式お見積もりのご提示とお申込みのご案内',
      optional: true,
      ask: '正式お見積もりをご提示いたします。内容をご確認のうえ、お申し込みの場合は下記のページよりお手続きをお願いいたします。お申し込みの受理後は、キャンセル・変更ができません。',
      ifNot:
        '期限までにお申し込みがない場合、正式お見積もりは失効します。引き続きご検討の場合は、弊社までご相談ください。',
      next: [
        `${issuer}が記入漏れ等がないことを確認し、お申し込みを受理します。受理後はキャンセル・変更ができません。`,
        '移行元サーバの情報を、あらためてお伺いします（環境調査の際の情報は消去済みです）。',
        `${partner}が移行の詳細と移行日の調整のため、直接ご連絡します。お客さまでの作業が必要な場合があります。`,
      ],
    },
    acceptance: {
      subject: '移行作業終了のご報告と検収書ご提出のお願い',
      ask: `移行作業が終わりました。お客さまにて動作確認等を実施のうえ、${partner}あての検収書（移行の結果をご確認いただいたことを示す書類です）のご提出をお願いいたします。お手続きのページでご記入いただけます。`,
      ifNot:
        '期限までにご提出がない場合も、自動的に検収完了となることはありません。担当者よりご連絡し、ご確認の状況をお伺いします。',
      next: [
        `${partner}が検収書に記入漏れ等がないことを確認し、受理します。`,
        '合格の場合は検収完了となり、ご請求を行います。検収完了後の追加作業は致しかねます。',
        '不合格の項目がある場合は、担当者が内容を確認し、対応をご連絡します。',
      ],
    },
    'extra-order': {
      subject: '追加作業のお見積もりのご案内',
      ask: 'ご依頼の内容に、お見積もりの範囲外の作業が含まれておりました。追加作業のお見積もりをご確認のうえ、お申し込みの有無をお知らせください。',
      ifNot:
        '期限までにお返事がない場合、追加作業は行いません。担当者よりご連絡し、検収についてご相談いたします。',
      next: [
        'お申し込みの場合は、追加作業を行い、あらためて検収をお願いします。',
        'お申し込みにならない場合は、現在の内容で検収をお願いします。',
      ],
    },
  };
  return wording[kind];
}
