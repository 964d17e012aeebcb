import type { CybozuFacts } from '../../case/cybozu-access.ts';
import type { FileTree, Owner } from '../web/file-tree.ts';
import type { Job } from '../web/job.ts';
import type { Layout } from './layout.ts';

/** Where the source is: the vault's name of the access to it, and the directory that was worked in. */
export interface SourcePlace {
  secret: string;
  root: string;
}

/** One run of a Cybozu move: `source` and `target` show what moves of it (product-tree.ts). */
export interface CybozuJob extends Job {
  layout: Layout;
  facts: CybozuFacts;
  /** Both servers from the root that was confided. */
  sourceServer: FileTree;
  targetServer: FileTree;
  sourcePlace: SourcePlace;
  /** SHA-256 of the target's host and root. */
  targetPlace: string;
  /** The product has the same place on both servers: what is linked with it finds it again. */
  samePath: boolean;
  /** As the engineer asked for; without: that of what is installed. */
  owner?: Owner;
}
