import { createHash } from 'node:crypto';
import type { TransferJob } from '../job.ts';

type Run = Pick<TransferJob, 'caseId' | 'plan' | 'run'>;

/** What only the mail engine keeps; the rest is in ../keys.ts. No name of a person or a folder is part of a key. */
const below = (run: Run) => `temporary/${run.caseId}/${run.plan}/${run.run}`;

/** Users of the accounts, in the order in which the run began. */
export const plannedAccounts = (run: Run) => `${below(run)}/accounts.json`;

/** Where the folders of one account go. */
export const mailboxTable = (run: Run, plan: string, account: number) =>
  `${below(run)}/${plan}/mailboxes/${account}.json`;

/** Results of one chunk, one object a delivered batch. Two runs of one chunk at once write under different names. */
export const results = (run: Run, plan: string, chunk: number) => `${below(run)}/${plan}/ledger/${chunk}/`;
/** Who works on a chunk, and on the verification; see claim.ts. */
export const claims = (run: Run, plan: string, chunk: number | 'verify') =>
  `${below(run)}/${plan}/claims/${chunk}/`;
/** By folder the target's UIDNEXT before a run of this chunk stored anything; see first-uids.ts. */
export const firstUids = (run: Run, plan: string, chunk: number) => `${below(run)}/${plan}/from/${chunk}/`;
export const staged = (run: Run, plan: string, chunk: number) => `${below(run)}/${plan}/staged/${chunk}/`;

/** Calls that copy at this moment, and whether they take turns; see turn.ts. */
export const turns = (run: Run) => `${below(run)}/turns/`;
export const oneAtATime = (run: Run) => `${below(run)}/one-at-a-time.json`;
/** Why an account opens no more; see copy-mail-chunk.ts. */
export const refusedAccount = (run: Run, plan: string, account: number) =>
  `${below(run)}/${plan}/refused/${account}.json`;

/** What the next run needs to know of an account's folders. */
export const knownMailboxes = (run: Run, user: string) =>
  `${below(run)}/known/${createHash('sha256').update(user).digest('hex').slice(0, 32)}.json`;

/** Which accounts a registered command made at the target; for every run of the case. */
export const madeAccounts = ({ caseId, plan }: Run, registration: string) =>
  `temporary/${caseId}/${plan}/made-accounts/${createHash('sha256').update(registration).digest('hex').slice(0, 32)}.json`;
