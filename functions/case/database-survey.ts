import { minuteOf } from './calendar.ts';
import type { Case } from './case.ts';
import { standingSubmission } from './confided.ts';
import type { Decision } from './decision.ts';
import type { SurveyReport } from './survey.ts';
import { severityWords, type surveyColumns } from './survey-columns.ts';

/** What was read of the source's databases when an engineer had them looked at (R30): facts, no row of the customer's. */
export interface DatabaseSurvey extends Pick<SurveyReport, 'facts' | 'findings' | 'notSurveyed'> {
  at: string;
  by: string;
  /** Why it could not be done, and what to do. */
  message?: string;
}

/** The case keeps it: an item of DynamoDB holds 400 KB with everything else. */
const most = 200;

export function recordDatabaseSurvey(decision: Decision, survey: DatabaseSurvey): void {
  const { facts, findings, notSurveyed } = survey;
  decision.case.databaseSurvey = {
    ...survey,
    facts: facts.slice(0, most),
    findings: findings.slice(0, most),
    notSurveyed: notSurveyed.slice(0, most),
  };
  decision.note('database-surveyed', { facts: facts.length, findings: findings.length });
}

/** Log-ins to the databases were confided since the last erasure. */
export function maySurveyDatabases(c: Case): boolean {
  return ['web', 'direct'].includes(`${standingSubmission(c, 'source-access')?.value.databaseWay}`);
}

/** As rows of the survey report: the engineer keeps, changes or deletes them. */
export function databaseSurveyRows(
  survey: DatabaseSurvey | undefined,
): Partial<Record<(typeof surveyColumns)[number], string>>[] {
  if (!survey) return [];
  return [
    ...survey.facts.map(({ item, value, method, evidence, at }) => ({
      種別: '事実',
      項目: item,
      値: value,
      方法: method,
      根拠: evidence,
      日時: minuteOf(new Date(at)),
    })),
    ...survey.findings.map(({ item, location, severity, remedy, hours }) => ({
      種別: '指摘',
      項目: item,
      場所: location,
      重要度: severityWords[severity],
      対処: remedy,
      工数: String(hours),
    })),
    ...survey.notSurveyed.map(({ item, reason }) => ({ 種別: '未調査', 項目: item, 理由: reason })),
  ];
}
