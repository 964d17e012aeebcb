import type { DatabaseServer } from '../../../functions/case/database-access.ts';
import { copyDatabaseChunk } from '../../../functions/migration/database/copy-chunk.ts';
import { takeDatabaseInventory } from '../../../functions/migration/database/take-inventory.ts';
import { readLines } from '../../../functions/migration/ndjson.ts';
import { fileObjects } from '../../../local/ports/objects.ts';
import { jobFor } from './run-job.ts';

/**
 * A process of its own that moves a database: `node mover.ts FOLDER SOURCE TARGET KEY [MILLISECONDS]`. So long after it
 * began to copy it kills itself with SIGKILL: from outside, a busy machine would let it live longer than was meant.
 */
const [folder, source, target, key, life] = process.argv.slice(2) as [
  string,
  string,
  string,
  string,
  string?,
];
const job = jobFor(JSON.parse(source) as DatabaseServer, JSON.parse(target) as DatabaseServer, {
  objects: fileObjects(folder),
  vault: { put: async () => {}, get: async () => key, erase: async () => 0 },
});
const taken = await takeDatabaseInventory(job);
if (taken.more) throw new Error('more');
if (life !== undefined) setTimeout(() => process.kill(process.pid, 'SIGKILL'), Number(life)).unref();
for await (const { chunk } of readLines<{ chunk: number }>(job.objects, taken.chunksKey)) {
  // A call that comes while the dead one's lock still stands is tried again, as the workflow does.
  for (let more = true; more; ) {
    try {
      ({ more } = await copyDatabaseChunk(job, chunk));
    } catch (error) {
      if ((error as Error).name !== 'TransientError') throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
