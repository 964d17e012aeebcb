/**
 * Where a scan keeps what. All of it quotes or locates the customer's files and goes with them (R24), except the report
 * of facts, whose key is in case/web-fixes. What quotes content is sealed with the case's key besides.
 */
const scanOf = (caseId: string, scan: number) => `temporary/${caseId}/fixes/${scan}`;

export const scanState = (caseId: string, scan: number) => `${scanOf(caseId, scan)}/state.json`;
export const findingsPart = (caseId: string, scan: number, attempt: string, number: number) =>
  `${scanOf(caseId, scan)}/${attempt}/${number}.findings`;
export const contentsPack = (caseId: string, scan: number, attempt: string, number: number) =>
  `${scanOf(caseId, scan)}/${attempt}/${number}.pack`;
export const shownPage = (caseId: string, scan: number, page: number) =>
  `${scanOf(caseId, scan)}/pages/${page}`;
export const fixableFiles = (caseId: string, scan: number) => `${scanOf(caseId, scan)}/files.ndjson`;
export const scanResult = (caseId: string, scan: number) => `${scanOf(caseId, scan)}/result.json`;
export const scanProblem = (caseId: string, scan: number) => `${scanOf(caseId, scan)}/problem.json`;
