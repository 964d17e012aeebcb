/**
 * One object could not be read or written; the rest of the work goes on and the ledger says why.
 * `missing`: no such object. `denied`: not permitted. `full`: a write to an open file failed (space, quota).
 * `unsupported`: the protocol has no way to do it. `failed`: the server gave no better reason.
 */
export type ProblemReason = 'missing' | 'denied' | 'full' | 'unsupported' | 'failed';

/** Never leaves the engine: it becomes a line of the ledger, or an error of case/errors.ts. */
export class ObjectProblem extends Error {
  override name = 'ObjectProblem';
  readonly reason: ProblemReason;
  constructor(reason: ProblemReason, what: string) {
    super(`${what}: ${reason}`);
    this.reason = reason;
  }
}
