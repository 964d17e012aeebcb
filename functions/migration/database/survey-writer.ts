import type { SurveyReport } from '../../case/survey.ts';

type Finding = SurveyReport['findings'][number];

/** Gathers the parts of a survey report: facts with how they were found, never a row of the customer's. */
export class SurveyWriter {
  readonly facts: SurveyReport['facts'] = [];
  readonly findings: Finding[] = [];
  readonly missing: SurveyReport['notSurveyed'] = [];
  /** Of all tables, by the server's estimate. */
  bytes = 0;
  readonly #at = new Date().toISOString();

  fact(item: string, value: string, method: string): void {
    this.facts.push({ item, value, method, evidence: '接続して読み取り', at: this.#at });
  }

  finding(
    item: string,
    location: string,
    severity: Finding['severity'],
    remedy: string,
    hours: number,
  ): void {
    this.findings.push({ item, location, severity, remedy, hours });
  }

  notSurveyed(item: string, reason: string): void {
    this.missing.push({ item, reason });
  }
}
