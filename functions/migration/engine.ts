import type { Plan } from '../case/case.ts';
import { OutOfHoursError, TerminalError } from '../case/errors.ts';
import type { Ports } from '../case/ports.ts';

/** One run of one plan's transfer, as the state machine names it. */
export interface Run {
  caseId: string;
  plan: Plan;
  run: number;
}

/** `more`: time ran short, and the step wants to be called again. What else there is goes to the state machine. */
export interface Turn {
  more: boolean;
  /** Not before this instant, ISO. */
  waitUntil?: string;
}

/**
 * What moves one kind of data. Every step may run again, even at once with itself, and goes on where the last one
 * stopped. Throws TransientError, RetryAfterError (OutOfHoursError among them), WindowClosedError or TerminalError.
 */
export interface Engine {
  /** Lists the source once and cuts the work into chunks. */
  takeInventory(ports: Ports, run: Run): Promise<Turn>;
  /** Where the list of chunks says so, those that follow it as well, as far as `through`. */
  copyChunk(ports: Ports, run: Run, chunk: number, through?: number): Promise<Turn>;
  /** Reads both ends again; ledger, report and summary are whole when it is done. */
  verifyTransfer(ports: Ports, run: Run): Promise<Turn>;
  /** Gives the source back to its users at the end of every run, however it ended; absent where nothing is taken. */
  releaseSource?(ports: Ports, run: Run): Promise<void>;
  /** The last call before its log-in is erased: gives it back, or returns what people must now do by hand, in words. */
  releaseForGood?(ports: Ports, run: Run): Promise<string | undefined>;
  /** Looks through the source for what the move will break (R9). */
  scanForFixes?(ports: Ports, scan: { caseId: string; scan: number }): Promise<Turn>;
}

export type Engines = Partial<Record<Plan, Engine>>;

export function engineOf(engines: Engines, plan: Plan): Engine {
  const engine = engines[plan];
  if (!engine)
    throw new TerminalError('この種類のデータは自動では移行できません。作業者が移行してください。');
  return engine;
}

/** A step outside of the copy hours ends its turn: the flow waits for them, be it a night or a week. */
export async function turnOf(work: Promise<Turn>): Promise<Turn> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof OutOfHoursError)) throw error;
    return { more: true, waitUntil: error.retryAt.toISOString() };
  }
}
