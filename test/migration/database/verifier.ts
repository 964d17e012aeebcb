import type { DatabaseServer } from '../../../functions/case/database-access.ts';
import { verifyDatabase } from '../../../functions/migration/database/verify-database.ts';
import { fileObjects } from '../../../local/ports/objects.ts';
import { jobFor } from './run-job.ts';

/**
 * A process of its own that verifies a database: `node verifier.ts FOLDER SOURCE TARGET KEY LOOKS`. It kills itself with
 * SIGKILL when it looks at the time for the so-manieth time.
 */
const [folder, source, target, key, life] = process.argv.slice(2) as [string, string, string, string, string];
let looks = 0;
const job = jobFor(JSON.parse(source) as DatabaseServer, JSON.parse(target) as DatabaseServer, {
  objects: fileObjects(folder),
  vault: { put: async () => {}, get: async () => key, erase: async () => 0 },
  remaining: () => {
    if (++looks === Number(life)) process.kill(process.pid, 'SIGKILL');
    return 600_000;
  },
});
await verifyDatabase(job);
