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

/** Undefined where the one object is the trouble; what ends the work is thrown on. */
export async function ignoringProblem<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof ObjectProblem) return undefined;
    throw error;
  }
}
