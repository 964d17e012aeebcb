import type { Plan } from '../case/case.ts';
import type { Objects, Vault } from '../case/ports.ts';

/** One run of one plan's transfer. `remaining()` is in milliseconds. */
export interface TransferJob {
  caseId: string;
  plan: Plan;
  run: number;
  /** The run whose ledger this one is a delta to. */
  previousRun?: number;
  /** Of a run that moves several of a kind (databases): which of them; its records are its own. */
  part?: number;
  objects: Objects;
  vault: Vault;
  remaining(): number;
}

/** What saving a position and answering may take, in milliseconds: below this a step stops and asks to be called again. */
export const margin = 20_000;

export function timeIsShort(job: Pick<TransferJob, 'remaining'>): boolean {
  return job.remaining() < margin;
}

/**
 * Asked between pieces of work of like size: true when what is left may not do for another one, as long as the longest so
 * far took. Where a server is slow, or its cap low, one piece takes longer than the margin.
 */
export function pieceByPiece(job: Pick<TransferJob, 'remaining'>): () => boolean {
  let longest = 0;
  let before = 0;
  return () => {
    const now = job.remaining();
    longest = Math.max(longest, before - now);
    before = now;
    return now - longest < margin;
  };
}
