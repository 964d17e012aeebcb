import type { Run } from '../engine.ts';
import type { Owner } from '../web/file-tree.ts';
import type { SourcePlace } from './job.ts';

/** What a Cybozu move keeps besides what every move keeps. Below `temporary/`: erased with the case. */
const folder = (caseId: string) => `temporary/${caseId}/cybozu`;

/** Of the case, not of a run: what stands at a server outlives a run. */
export const maintenanceKey = (caseId: string) => `${folder(caseId)}/maintenance.json`;
export const preparedKey = (caseId: string) => `${folder(caseId)}/prepared.json`;
export const periodKey = ({ caseId, run }: Run) => `${folder(caseId)}/${run}/period.json`;
export const countsKey = ({ caseId, run }: Run) => `${folder(caseId)}/${run}/counts.json`;

/** Written before the flag is set, so that whoever comes after a crash knows whose it is. */
export interface Maintenance {
  /** Another one each time that the source is closed to its users: what was read in different ones does not fit together. */
  period: string;
  place: SourcePlace;
  /** Below the root of that place. */
  flag: string;
  /** False: it stood there before we came, and stays. */
  ours: boolean;
}

/** What was done to the target before the first file came. */
export interface Prepared {
  /** SHA-256 of host and root: another target is prepared anew. */
  place: string;
  /** Directories whose content was moved aside, and where to. */
  kept: { directory: string; as: string }[];
  /** Directories that are ready to be written to. */
  ready: string[];
  /** Whose the data must be; absent where the server does not say. */
  owner?: Owner;
  /** The log-in is somebody else, and may give files to that owner. */
  give: boolean;
}
