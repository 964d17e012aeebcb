import { severityWords, type surveyColumns } from '../survey-columns.ts';
import { bySeverity } from './effort.ts';
import { fixRules } from './rules.ts';
import type { WebFixes } from './web-fixes.ts';

/**
 * What a scan found as rows of the survey report, one a rule, gravest first: the engineer keeps, changes or deletes them.
 * 値 names the rule, so that an ordered fix is known again.
 */
export function surveyRows(
  fixes: Pick<WebFixes, 'result'> | undefined,
): Partial<Record<(typeof surveyColumns)[number], string>>[] {
  return (fixes?.result?.groups ?? []).toSorted(bySeverity).map((group) => ({
    種別: '指摘',
    項目: `${fixRules[group.rule].title}（${group.places}箇所、${group.files}ファイル）`,
    値: group.rule,
    場所: group.places > 1 ? `${group.first} ほか` : group.first,
    重要度: severityWords[group.severity],
    対処: fixRules[group.rule].remedy,
    工数: String(group.hours),
  }));
}
