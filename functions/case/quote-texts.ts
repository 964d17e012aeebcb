import { formatDateTime } from './calendar.ts';
import type { Case, Plan } from './case.ts';
import { copyHoursOf, copyHoursText } from './copy-hours.ts';
import { cybozuInstallationNotice, planNames, serverNames } from './eligibility.ts';
import { type Quantities, type Quantity, quantities } from './quantities.ts';
import type { Quote } from './quote.ts';
import type { Settings } from './settings.ts';

/** The sentences of a quote, each with the row that asks for it. */
type Texts = Pick<Quote, 'scope' | 'exclusions' | 'assumptions' | 'notes'>;

export function scopeOf(c: Case): string[] {
  const target = serverNames[c.customer.serverKind];
  const source = c.forms['hearing-sheet']?.value.sourceHost;
  const from = typeof source === 'string' ? `移行元サーバ（${source}）` : '移行元サーバ';
  return [
    ...c.plans.map((plan) => `${planNames[plan]}：${from}から${target}へ${moved[plan]}を移行します。`), // R5-R8
    `移行に必要な範囲での${target}の設定`, // R1
  ];
}

const moved: Record<Plan, string> = {
  web: ' Web データ',
  database: ' DB データ',
  mail: 'メールアカウントとメールデータ',
  cybozu: 'サイボウズデータ',
};

export function exclusionsOf(c: Case, fixesIncluded: boolean): string[] {
  const left = (Object.keys(planNames) as Plan[]).filter((plan) => !c.plans.includes(plan));
  return [
    ...(left.length > 0
      ? [`お選びいただいていないプラン（${left.map((plan) => planNames[plan]).join('、')}）`]
      : []),
    ...(c.plans.includes('cybozu') ? [cybozuInstallationNotice] : []), // R10
    ...(fixesIncluded ? [] : ['データ移行に伴い発生する Web データの修正']), // R9
    '見積外の作業（追加でご依頼の場合、追加料金が発生します）', // R17
    '検収完了後の追加作業', // R16
  ];
}

export function assumptionsOf(c: Case, known: Quantities, measured: boolean, settings: Settings): string[] {
  const sizes = (Object.keys(quantities) as Quantity[])
    .filter((name) => c.plans.includes(quantities[name].plan) && known[name] !== undefined)
    .map((name) => sized(quantities[name].item, known[name] ?? 0));
  const target = settings.targets[c.customer.serverKind];
  const copyHours = copyHoursOf(c);
  return [
    `${measured ? '環境調査で確認した' : 'ヒアリングシートに記載の'}規模：${sizes.join('、')}（容量は 1GB 未満切り上げ）`,
    `${serverNames[c.customer.serverKind]}の条件：PHP ${target.php.join('／')}、${target.databases.join('／')}、容量 ${target.quotaGigabytes}GB まで`,
    '移行元・移行先のデータは、作業の前にお客さまにてバックアップをお取りいただいていること', // R19
    `作業の実施時間は${settings.partner.name}の都合によります。期間はお客さまのご利用環境により異なります。`, // R14, R20
    ...(copyHours ? [`データコピーの取得時間帯のご希望：${copyHoursText(copyHours)}`] : []), // R23
    'お客さまでの作業が必要な場合があります。', // R36
  ];
}

/** `Web容量 1.5GB`, `DB数 1`. */
function sized(item: string, size: number): string {
  const [name = '', unit = ''] = item.split(/[()]/);
  return `${name} ${size.toLocaleString('en-US', { maximumFractionDigits: 3 })}${unit}`;
}

export function simpleNotes(): string[] {
  return [
    '本見積ではお申し込みいただけません。', // R28
    '正式お見積りにて実施する「環境調査」の結果、データ移行支援オプションをお引き受けできない場合があります。', // R15
    '金額は概算です。お申し込みには、環境調査に基づく正式お見積もりが必要です。',
  ];
}

/** R32: the order is placed in the way that is described here. */
export function formalNotes(validUntil: Date): string[] {
  return [
    `お申込み方法：本見積書とあわせてメールでお送りする「お申込みページ」を開き、内容をご確認のうえ、${formatDateTime(validUntil)}までに申込書を送信してください。`,
    'お申し込みの前に、サービス仕様書、データ移行支援オプション仕様書、利用規約、料金表をご確認ください。', // R25
    '受け付けた内容の確認メールをお送りします。記入漏れ等の不備がないことを確認でき次第、受理いたします。', // R34, R35
    '受理後のキャンセル／変更はできません。', // R33
    '検収完了をもって作業完了となり、ご請求を行います。', // R38
  ];
}

export function extraTexts(description: string, validUntil: Date): Texts {
  return {
    scope: [`追加作業：${description}`],
    exclusions: ['本見積に記載のない作業'],
    assumptions: ['お申し込み済みの正式お見積もりの範囲に含まれない作業です。'], // R17
    notes: [
      `お申込み方法：メールでお送りする「追加作業のお申込みページ」から、${formatDateTime(validUntil)}までに送信してください。`,
      'お申し込みにならない場合、追加作業は行わず、もとの作業内容での検収をお願いします。',
      '受理後のキャンセル／変更はできません。', // R33
    ],
  };
}
