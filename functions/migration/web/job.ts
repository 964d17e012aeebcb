import type { TransferJob } from '../job.ts';
import type { FileTree } from './file-tree.ts';

/** One run of a web transfer; who made the trees closes them. */
export interface Job extends TransferJob {
  source: FileTree;
  target: FileTree;
}
