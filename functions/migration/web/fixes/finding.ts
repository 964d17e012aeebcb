import type { FixSeverity } from '../../../case/web-fixes/effort.ts';
import type { FixRule } from '../../../case/web-fixes/rules.ts';
import type { ObjectLine } from '../../object-line.ts';

type Named = Pick<ObjectLine, 'path' | 'pathBase64'>;

/** One place that the move will break: a line of the report (NDJSON) in the records. Facts, and no content of a file. */
export interface Finding extends Named {
  /** From 1; 0 for what concerns the file as a whole. */
  line: number;
  rule: FixRule;
  severity: FixSeverity;
  /** What exactly, e.g. a function's name. */
  about?: string;
  /** In Japanese. */
  remedy: string;
  /** Of this place alone; a rule as a whole may take more (effort.ts). */
  hours: number;
  /** A replacement exists. */
  automatic: boolean;
}

/** With the line as it stands in the file, masked: kept no longer than the customer's data (R24). */
export interface ShownFinding extends Finding {
  excerpt?: string;
}

/** A file for which there are fixes, as it was when it was scanned. */
export interface FixableFile extends Named {
  /** Permission bits. */
  mode: number;
  /** Of its content. */
  sha256: string;
  /** Rules that would change it. */
  rules: FixRule[];
  /** Where its content is: a sealed pack, and the place in it. */
  pack: string;
  at: number;
}
