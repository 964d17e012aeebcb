/** 環境調査報告: facts only; no credential and no content of the customer's data (R24). */
export interface SurveyReport {
  feasible: boolean;
  /** Why not, for the customer, when not feasible (R15). */
  reason?: string;
  facts: { item: string; value: string; method: string; evidence: string; at: string }[];
  findings: {
    item: string;
    /** `path/to/file.php:12` or ''. */
    location: string;
    severity: 'info' | 'warning' | 'blocker';
    remedy: string;
    hours: number;
  }[];
  notSurveyed: { item: string; reason: string }[];
}
