import type { Readable } from 'node:stream';
import type { DatabaseLine } from './line.ts';

/** What has been moved, to be finished and compared. */
export interface VerifiedPair {
  /**
   * After the rows: what is made of them or would have acted on them. Returns the definitions' lines with outcomes; undefined when
   * time ran short: calling again goes on.
   */
  finish(lines: readonly DatabaseLine[]): Promise<DatabaseLine[] | undefined>;
  /** Before anything is compared, where that takes long; false when time ran short: calling again goes on. */
  prepare?(plan: string): Promise<boolean>;
  /** Reads both ends again. */
  compare(line: DatabaseLine): Promise<Comparison>;
  /** What people must know of the comparison beside its counts. */
  remarks?(): string[];
  close(): Promise<void>;
}

/** Both ends of one database's move, as each engine implements it; the verbs around it are the same for all. */
export interface DatabasePair extends VerifiedPair {
  /**
   * Reads the source's structure, makes it at the target (definitions that rows need) and lists the work: a line a
   * definition, a line a part of rows. Running it again is harmless. `previous` is the ledger of the run before.
   */
  takeInventory(previous: ReadonlyMap<string, DatabaseLine>): Promise<DatabaseLine[]>;
  /** Opens as many connections to each end as there are workers, all reading one moment where that is possible. */
  beginCopy(lines: readonly DatabaseLine[], workers: number): Promise<CopySession>;
}

export interface CopySession {
  /** What the ledger has to say about the moment that was read; undefined when there is nothing to say. */
  remark?: string;
  workers: CopyWorker[];
  close(): Promise<void>;
}

export interface CopyWorker {
  /** Nobody else works on this part while it is held; a worker that died loses it. Undefined when another has it. */
  hold(line: DatabaseLine): Promise<{ release(): Promise<void> } | undefined>;
  /** The checksum when both ends hold the same rows, else undefined. */
  sameChecksum(line: DatabaseLine): Promise<string | undefined>;
  /** Why this table cannot be read as it was planned: its definition has changed. */
  whyChanged(line: DatabaseLine): Promise<string | undefined>;
  read(line: DatabaseLine): { content: Readable; rows(): number };
  /**
   * Puts the rows in place of what the target has of this part, whole or not at all where the table knows transactions.
   * `rows` is asked once `content` has ended. Throws RowsRefused, TransientError or TerminalError.
   */
  deliver(line: DatabaseLine, content: Readable, rows: () => number): Promise<void>;
}

export interface Comparison {
  result: 'match' | 'missing' | 'differs' | 'changed-at-source';
  /** Table, key range and column. */
  remark?: string;
}

/** The table is not what was planned any more: this table stops, the others go on. */
export class TableChanged extends Error {
  override name = 'TableChanged';
}

/** The target does not take some of the rows, and never will: the part is taken back, and its line says why. */
export class RowsRefused extends Error {
  override name = 'RowsRefused';
}

/** Of rows whose table the source has no more. */
export function goneAtSource({ schema, name }: DatabaseLine): Comparison {
  const table = schema === undefined ? name : `${schema}.${name}`;
  return { result: 'differs', remark: `${table}: 移行元にテーブルがなくなりました` };
}

/** Of rows whose table has another definition than they were moved with: nothing of it can be compared. */
export function changedSince({ schema, name }: DatabaseLine): string {
  const table = schema === undefined ? name : `${schema}.${name}`;
  return `${table}: 移行の後に移行元でテーブルの定義が変更されたため、照合できません。再実行してください`;
}
