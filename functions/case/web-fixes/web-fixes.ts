import type { FixGroup } from './effort.ts';
import type { ScanRequest } from './request.ts';

/** The search for what the move will break (R9), as the case keeps it. Findings themselves are in the records. */
export interface WebFixes {
  /** Number of the latest scan; an earlier one that is still at work ends without effect. */
  scan: number;
  request: ScanRequest;
  status: 'running' | 'done' | 'failed';
  by: string;
  startedAt: string;
  finishedAt?: string;
  /** Why it failed, for staff. */
  problem?: string;
  result?: ScanResult;
  /** Names of the approvals in the records that count, oldest first. */
  approvals: string[];
}

export interface ScanResult {
  /** Files seen, and read. */
  files: number;
  read: number;
  findings: number;
  /** Text files that were not looked at, and directories that could not be listed. */
  leftOut: number;
  /** The first of them, and why. Absent in results of before. */
  leftOutFirst?: LeftOut[] | undefined;
  /** A bound was reached: there is more than what was looked at. */
  cutShort: boolean;
  /** Version of the rules that gave severities and hours. */
  rules: string;
  groups: FixGroup[];
}

export interface LeftOut {
  /** Its path; a directory's ends in `/`. */
  place: string;
  /** In Japanese. */
  why: string;
}

/** Where one scan's findings are. `records/` keeps facts; what quotes the customer's files is below `temporary/` (R24). */
export const findingsKey = (caseId: string, scan: number) => `records/${caseId}/fixes/${scan}.ndjson`;
export const approvalKey = (caseId: string, name: string) => `records/${caseId}/fixes/approved/${name}.json`;
