import type { Engine } from '../engine.ts';
import { copyMailChunk } from './copy-mail-chunk.ts';
import { makeAccounts } from './make-accounts.ts';
import { takeMailInventory } from './take-mail-inventory.ts';
import { verifyMail } from './verify-mail.ts';
import { withMailJob } from './with-mail-job.ts';

/** Moves mail (R7): accounts are made where a command for it was registered, then every folder and message follows. */
export const mailEngine: Engine = {
  takeInventory: (ports, run) =>
    withMailJob(ports, run, async (job, task) => {
      if (!(await makeAccounts(ports, job, task))) return { more: true };
      return { ...(await takeMailInventory(job)), chunksAtOnce: task.chunksAtOnce };
    }),
  copyChunk: (ports, run, chunk, through = chunk) =>
    withMailJob(ports, run, (job) => copyMailChunk(job, { chunk, through })),
  verifyTransfer: (ports, run) => withMailJob(ports, run, verifyMail),
};
