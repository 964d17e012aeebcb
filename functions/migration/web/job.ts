import type { TransferJob } from '../job.ts';
import type { Depth } from './compare.ts';
import type { FileTree } from './file-tree.ts';
import type { Alterations } from './fixes/alterations.ts';
import type { FileNames } from './names/decide-names.ts';
import type { TargetNames } from './names/target-names.ts';

/** One run of a web transfer; who made the trees closes them. */
export interface Job extends TransferJob {
  source: FileTree;
  target: FileTree;
  /** Approved fixes: what goes to the target in place of what was read (R9). */
  alterations?: Alterations;
  /** Asked for by the engineer; without: found out from the names. */
  fileNames?: FileNames;
  /** The engineer wants to see what would move, and has not seen it yet. */
  planFirst?: boolean;
  /** What the verification reads; without: `changes`. */
  depth?: Depth;
  /** Where names are converted: `target` answers to the names of the source. */
  names?: TargetNames;
}
