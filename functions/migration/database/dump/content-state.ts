import type { Comparison } from '../pair.ts';
import type { KeyCut, TableSums } from './table-sums.ts';

/** How far a dump's rows have been compared with the target's; saved as a whole, and a later call goes on from there. */
export interface ContentState {
  /** Statements whose rows are in `dump`, and rows of the COPY behind them that are. */
  place: Place;
  /** The dump has been read to its end. */
  read: boolean;
  /** Of the dump, by the path of the table's line. */
  dump: Record<string, { cut?: KeyCut; sums: TableSums }>;
  /** Why of a table only the rows can be counted, by path; for people. */
  counted: Record<string, string>;
  /** Of the table at hand at the target: as many of its spans as are summed. */
  target?: { path: string; spans: number; sums: TableSums };
  results: Record<string, Comparison>;
}

export interface Place {
  statements: number;
  rows: number;
}

export function beginning(): ContentState {
  return { place: { statements: 0, rows: 0 }, read: false, dump: {}, counted: {}, results: {} };
}

/** Why a table's rows cannot be compared by their content. */
export class NotComparable extends Error {
  override name = 'NotComparable';
}
