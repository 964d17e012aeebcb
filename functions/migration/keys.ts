import type { TransferJob } from './job.ts';

type Run = Pick<TransferJob, 'caseId' | 'plan' | 'run' | 'part'>;

/**
 * Where a run keeps what. Names of the customer's objects are never part of a key (threats.md, row 1). Everything that
 * follows from one plan of chunks is below its id, so that two inventories taken at once cannot mix.
 */
const temporary = (run: Run) => `temporary/${run.caseId}/${run.plan}/${place(run)}`;

/** A run's number; of a part, both. */
const place = ({ run, part }: Run) => (part === undefined ? `${run}` : `${run}-${part}`);

export const inventoryState = (run: Run) => `${temporary(run)}/inventory/state.json`;
export const inventorySegment = (run: Run, attempt: string, number: number) =>
  `${temporary(run)}/inventory/${attempt}/${number}.ndjson`;

export const planState = (run: Run) => `${temporary(run)}/plan.json`;
export const chunkList = (run: Run, plan: string) => `${temporary(run)}/${plan}/chunks.jsonl`;
export const chunkObjects = (run: Run, plan: string, chunk: number) =>
  `${temporary(run)}/${plan}/chunks/${chunk}.ndjson`;

/** Web: what the names of a plan's objects become at the target. */
export const targetNames = (run: Run, plan: string) => `${temporary(run)}/${plan}/names.json`;

export const stagedPack = (run: Run, plan: string, chunk: number, pack: string) =>
  `${temporary(run)}/${plan}/staged/${chunk}/${pack}`;
export const chunkState = (run: Run, plan: string, chunk: number) =>
  `${temporary(run)}/${plan}/state/${chunk}.json`;
export const ledgerPart = (run: Run, plan: string, chunk: number, pack: number) =>
  `${temporary(run)}/${plan}/ledger/${chunk}/${pack}.ndjson`;
export const progressPrefix = (run: Run, plan: string) => `${temporary(run)}/${plan}/progress/`;

export const verifyState = (run: Run, plan: string) => `${temporary(run)}/${plan}/verify.json`;
export const verifyProgress = (run: Run, plan: string) => `${temporary(run)}/${plan}/verifying.json`;
export const verifiedPart = (run: Run, plan: string, attempt: string, number: number) =>
  `${temporary(run)}/${plan}/verified/${attempt}/${number}.ndjson`;
export const reportPart = (run: Run, plan: string, attempt: string, number: number) =>
  `${temporary(run)}/${plan}/report/${attempt}/${number}.ndjson`;

export const ledger = (run: Run) => `records/${run.caseId}/ledger/${run.plan}/${place(run)}.ndjson`;
export const report = (run: Run) => `records/${run.caseId}/ledger/${run.plan}/${place(run)}.report.ndjson`;
/** Web: how names were decided upon, and what the plan would move. */
export const nameDecision = (run: Run) => `records/${run.caseId}/ledger/${run.plan}/${place(run)}.names.json`;
export const forecast = (run: Run) => `records/${run.caseId}/ledger/${run.plan}/${place(run)}.plan.json`;
/** Until it is in the case: a run that is taken up again removes it. */
export const summary = (run: Run) => `${temporary(run)}/summary.json`;
