import type { DatabaseLine } from '../line.ts';
import type { KeyCut, Span, TableSums } from './table-sums.ts';

/**
 * The target of a dump, where contents are compared: the dump's rows go, a batch at a time, into a temporary copy of their
 * table that only this session sees. In that session the server lets nothing else be written.
 */
export interface ContentEnd {
  /** False where there is no such table. */
  has(line: DatabaseLine): Promise<boolean>;
  /** By what its rows are told apart in ranges; undefined where nothing does. */
  cutOf(line: DatabaseLine): Promise<KeyCut | undefined>;
  /** An empty copy of a line's table. */
  open(line: DatabaseLine): Promise<void>;
  /** Of the rows in the copy. */
  sumsOfCopy(line: DatabaseLine, cut: KeyCut | undefined): Promise<TableSums>;
  drop(): Promise<void>;
  sumsAtTarget(line: DatabaseLine, cut: KeyCut | undefined, span: Span): Promise<TableSums>;
  count(line: DatabaseLine): Promise<number>;
  /** The table is no more. */
  isGone(error: unknown): boolean;
  /** For people, of what concerns this one table; undefined for trouble that stops all of the work. */
  whyRefused(error: unknown): string | undefined;
}
