import type { Amount, Forecast } from '../migration/forecast.ts';
import { targetNameOf } from '../migration/object-line.ts';
import { kindName, resultWords } from '../migration/record-words.ts';
import type { ReportDigest } from '../migration/report-digest.ts';
import { shownName } from '../migration/shown-name.ts';
import type { ReportLine } from '../migration/verification.ts';
import type { ForecastView, ReportView } from '../pages/console/transfer-page.ts';

type Named = Parameters<typeof shownName>[0];

export function forecastView(forecast: Forecast): ForecastView {
  const { named } = forecast;
  const row = (label: string, { objects, bytes }: Amount, help: string, examples: readonly Named[] = []) => ({
    ...{ label, objects, bytes, help },
    examples: examples.map(shownName),
  });
  return {
    rows: [
      row('新規', forecast.new, '移行します。', named?.new),
      row(
        '変更あり',
        forecast.changed,
        '前回の移行の後に変わったか、変わっていないか確かめるものです。移行します。',
        named?.changed,
      ),
      row('変更なし', forecast.unchanged, '前回移行したままです。もう一度は移行しません。'),
      row('対象外', forecast.skipped, '移行しません。理由は下のとおりです。'),
      ...(forecast.gone
        ? [row('移行元で削除', forecast.gone, '移行先に残ります。削除はしません。', named?.gone)]
        : []),
    ],
    kinds: Object.entries(forecast.kinds).map(([kind, amount]) => ({
      label: kindName(kind),
      ...amount,
    })),
    reasons: forecast.reasons.map(({ why, objects, examples }) => ({
      why,
      total: objects,
      objects: examples.map((example) => ({ name: shownName(example) })),
    })),
    warnings: forecast.warnings ?? [],
    remarks: forecast.remarks,
    bytesToRead: forecast.bytesToRead,
    chunks: forecast.chunks,
  };
}

export function reportView(digest: ReportDigest, href: string): ReportView {
  const order = Object.keys(resultWords);
  return {
    results: digest.results
      .toSorted((a, b) => order.indexOf(a.result) - order.indexOf(b.result))
      .map(({ result, objects, examples }) => ({
        ...{ ...resultWords[result], bad: resultWords[result].bad === true, total: objects },
        objects: examples.map((line) => ({ name: shownName(line), ...thereOf(line), ...remarkOf(line) })),
      })),
    complete: digest.complete,
    href,
  };
}

/** Where it went, when that reads otherwise. */
function thereOf(line: ReportLine): { there?: string } {
  const name = targetNameOf(line);
  const there = name && shownName(name);
  return there === undefined || there === shownName(line) ? {} : { there };
}

function remarkOf({ remark }: ReportLine): { remark?: string } {
  return remark === undefined ? {} : { remark };
}
