import type { Engine } from '../engine.ts';
import { copyChunkOfPart, takeInventories, verifyDatabases } from './several-databases.ts';
import { withDatabaseJobs } from './with-database-job.ts';

/** Moves databases of MySQL, MariaDB and PostgreSQL (R6). */
export const databaseEngine: Engine = {
  takeInventory: (ports, run) => withDatabaseJobs(ports, run, takeInventories),
  copyChunk: (ports, run, chunk) => withDatabaseJobs(ports, run, (jobs) => copyChunkOfPart(jobs, chunk)),
  verifyTransfer: (ports, run) => withDatabaseJobs(ports, run, verifyDatabases),
};
