import { severityWords, type surveyColumns } from '../survey-columns.ts';
import { bySeverity } from './effort.ts';
import { fixRules } from './rules.ts';
import type { WebFixes } from './web-fixes.ts';

/**
 * What a scan found as rows of the survey report, one a rule, gravest first, and what it could not look at, one a reason:
 * the engineer keeps, changes or deletes them. 値 names the rule, so that an ordered fix is known again.
 */
export function surveyRows(
  fixes: Pick<WebFixes, 'result'> | undefined,
): Partial<Record<(typeof surveyColumns)[number], string>>[] {
  const found = (fixes?.result?.groups ?? []).toSorted(bySeverity).map((group) => ({
    種別: '指摘',
    項目: `${fixRules[group.rule].title}（${group.places}箇所、${group.files}ファイル）`,
    値: group.rule,
    場所: group.places > 1 ? `${group.first} ほか` : group.first,
    重要度: severityWords[group.severity],
    対処: fixRules[group.rule].remedy,
    工数: String(group.hours),
  }));
  return [...found, ...notLookedAt(fixes?.result)];
}

function notLookedAt(result: WebFixes['result']) {
  const { leftOut = 0, leftOutFirst: first = [], cutShort = false } = result ?? {};
  const row = (item: string, reason: string) => ({ 種別: '未調査', 項目: item, 理由: reason });
  const files = [...Map.groupBy(first, ({ why }) => why)].map(([why, ones]) =>
    row(
      `修正箇所：${ones
        .slice(0, 5)
        .map(({ place }) => place)
        .join('、')}${ones.length > 5 ? ' ほか' : ''}`,
      why,
    ),
  );
  const beyond = leftOut - first.length;
  return [
    ...files,
    ...(beyond > 0
      ? [
          row(
            `修正箇所：${first.length > 0 ? 'このほかの' : ''}${beyond}件`,
            '大きい、文字コードが分からない、読み取れないなどのため',
          ),
        ]
      : []),
    ...(cutShort
      ? [row('修正箇所：打ち切った後のもの', '数が多いため、途中で打ち切った項目があります')]
      : []),
  ];
}
