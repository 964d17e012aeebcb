import type { Engine } from '../engine.ts';
import { copyChunk } from './copy-chunk.ts';
import { showPlan } from './dry-run.ts';
import { scanForFixes } from './fixes/scan-for-fixes.ts';
import { takeInventory } from './take-inventory.ts';
import { verifyTransfer } from './verify-transfer.ts';
import { type OpenTree, withWebJob } from './with-web-job.ts';

/** Moves a web site (R5). `open` is how its servers are reached. */
export function webEngine(open: OpenTree): Engine {
  return {
    takeInventory: (ports, run) =>
      withWebJob(ports, run, open, async (job, chunks) => ({
        ...(await (job.planFirst ? showPlan(job) : takeInventory(job))),
        ...chunks,
      })),
    copyChunk: (ports, run, chunk) =>
      withWebJob(ports, run, open, (job) => copyChunk(job, chunk), 'among-chunks'),
    scanForFixes: (ports, scan) => scanForFixes(ports, scan, open),
    verifyTransfer: (ports, run) => withWebJob(ports, run, open, (job) => verifyTransfer(job)),
  };
}
