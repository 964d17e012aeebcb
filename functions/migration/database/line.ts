import { describePath, type ObjectLine } from '../object-line.ts';

/**
 * A line of a database's ledger: a part of a table's rows (`kind` is `rows`), or the definition of an object. `size` of
 * rows is the text that they were moved as, in bytes.
 */
export interface DatabaseLine extends ObjectLine {
  /** The database's own name of the object, or of the rows' table. */
  name: string;
  /** In PostgreSQL. */
  schema?: string;
  /** Which part of the table's rows; see the engine's ranges. */
  range?: { after?: string; upTo?: string };
  rows?: number;
  /** Of a definition: the hash of what the target made of it, so that a later run sees whether anybody changed it. */
  targetSha256?: string;
  /** Of a table in the plan: keys that are made when its rows are there. */
  later?: string[];
  /** Of a table its AUTO_INCREMENT, of a sequence of PostgreSQL's its value, as it was set when the rows were there. */
  counter?: string;
  /** Of rows: the hash of their table's definition when they were planned. */
  definition?: string;
  /** The run before left this part at the target. */
  known?: boolean;
  /** Of rights: the GRANTs that were run at the target. */
  given?: string[];
  /** Of rows that were found the same at both ends: their checksum then. */
  checksum?: string;
}

export const withdrawnWhy =
  '前回移した後に移行元で取り消された権限が、移行先に残っています。自動では取り消しません。取り消す場合は移行先の管理者が実行してください';

/** Remembered for the next run where a line can hold it; quietJson may write a sign in six. */
export function remembered(given: string[]): Pick<DatabaseLine, 'given'> {
  return given.length > 0 && given.join('').length <= 8000 ? { given } : {};
}

export function isRows(line: DatabaseLine): boolean {
  return line.kind === 'rows';
}

/** `./tables/posts`, `./rows/posts/id 1–5000`: a name may hold anything, and quietJson writes it harmlessly. */
export function linePath(...parts: string[]): Pick<ObjectLine, 'path' | 'pathBase64'> {
  return describePath(Buffer.from(parts.join('/')));
}
