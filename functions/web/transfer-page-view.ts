import type { Amount, Forecast } from '../migration/forecast.ts';
import type { ReportDigest } from '../migration/report-digest.ts';
import { shownName } from '../migration/shown-name.ts';
import type { ReportLine } from '../migration/verification.ts';
import type { ForecastView, ReportView } from '../pages/console/transfer-page.ts';

const kindNames: Record<string, string> = {
  file: 'ファイル',
  directory: 'フォルダ',
  symlink: 'シンボリックリンク',
  other: '特殊ファイル（ソケット、デバイスなど）',
  message: 'メール',
  mailbox: 'メールのフォルダ',
  account: 'メールアカウント',
  setting: '別名・転送・メーリングリスト',
};

export function forecastView(forecast: Forecast): ForecastView {
  const row = (label: string, amount: Amount, help: string) => ({ label, ...amount, help });
  return {
    rows: [
      row('新規', forecast.new, '移行します。'),
      row(
        '変更あり',
        forecast.changed,
        '前回の移行の後に変わったか、変わっていないか確かめるものです。移行します。',
      ),
      row('変更なし', forecast.unchanged, '前回移行したままです。もう一度は移行しません。'),
      row('対象外', forecast.skipped, '移行しません。理由は下のとおりです。'),
      ...(forecast.gone ? [row('移行元で削除', forecast.gone, '移行先に残ります。削除はしません。')] : []),
    ],
    kinds: Object.entries(forecast.kinds).map(([kind, amount]) => ({
      label: kindNames[kind] ?? kind,
      ...amount,
    })),
    reasons: forecast.reasons.map(({ why, objects, examples }) => ({
      why,
      total: objects,
      objects: examples.map((example) => ({ name: shownName(example) })),
    })),
    remarks: forecast.remarks,
    bytesToRead: forecast.bytesToRead,
    chunks: forecast.chunks,
  };
}

/** In the order in which they want to be looked at. */
const results: Record<ReportLine['result'], { label: string; help: string; bad?: true }> = {
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

export function reportView(digest: ReportDigest, href: string): ReportView {
  const order = Object.keys(results);
  return {
    results: digest.results
      .toSorted((a, b) => order.indexOf(a.result) - order.indexOf(b.result))
      .map(({ result, objects, examples }) => ({
        ...{ ...results[result], bad: results[result].bad === true, total: objects },
        objects: examples.map((line) => ({ name: shownName(line), ...thereOf(line), ...remarkOf(line) })),
      })),
    complete: digest.complete,
    href,
  };
}

/** Where it went, when that reads otherwise. */
function thereOf(line: ReportLine): { there?: string } {
  const { targetPath, targetPathBase64 } = line;
  if (targetPath === undefined && targetPathBase64 === undefined) return {};
  const there = shownName({
    ...(targetPath !== undefined && { path: targetPath }),
    ...(targetPathBase64 !== undefined && { pathBase64: targetPathBase64 }),
  });
  return there === shownName(line) ? {} : { there };
}

function remarkOf({ remark }: ReportLine): { remark?: string } {
  return remark === undefined ? {} : { remark };
}
