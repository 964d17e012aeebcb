import type { TargetWeb } from '../../../case/settings.ts';
import type { ScanRequest } from '../../../case/web-fixes/request.ts';
import type { FixRule } from '../../../case/web-fixes/rules.ts';
import type { SourceFile } from './source-file.ts';

/** What the rules know besides the file. */
export interface ScanContext {
  request: ScanRequest;
  target: TargetWeb;
}

/** Replaces the bytes from `start` to `end`, which are in one line, by `text` (latin1, no line break). */
export interface Edit {
  start: number;
  end: number;
  text: string;
  /**
   * `text` is the new database password, and this says how it is written there. It is known only when the fix is
   * applied: what is shown, kept and hashed has `text` in its place.
   */
  secret?: 'php' | 'env';
}

export interface Found {
  rule: FixRule;
  /** Byte in the file; the finding is on its line. */
  at: number;
  /** What exactly, for a person: a function's name, a directive. Never a value that may be a secret. */
  about?: string;
  /** Without: a person has to do it. */
  edits?: readonly Edit[];
}

/** Pure: the same findings for the same file, whenever it is asked. */
export type Rule = (file: SourceFile, context: ScanContext) => Iterable<Found>;
