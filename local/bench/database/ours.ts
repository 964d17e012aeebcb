import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DatabaseServer } from '../../../functions/case/database-access.ts';
import { collectSeldom } from '../../../functions/migration/collect-seldom.ts';
import { copyDatabaseChunk } from '../../../functions/migration/database/copy-chunk.ts';
import type { DatabaseJob } from '../../../functions/migration/database/job.ts';
import { takeDatabaseInventory } from '../../../functions/migration/database/take-inventory.ts';
import { verifyDatabase } from '../../../functions/migration/database/verify-database.ts';
import { inParallel } from '../../../functions/migration/in-parallel.ts';
import * as keys from '../../../functions/migration/keys.ts';
import { readLines } from '../../../functions/migration/ndjson.ts';
import { readPlan } from '../../../functions/migration/plan-chunks.ts';
import { fileObjects } from '../../ports/objects.ts';
import { peakMegabytes } from '../peak-memory.ts';

/**
 * Our whole work, alone in its process so that its memory is its own: read, hash, stage encrypted, deliver, ledger.
 * Arguments: JSON of both servers. Prints seconds of the move, of the verification after it, and the peak memory.
 */
const [source, target] = JSON.parse(process.argv[2] ?? '[]') as [DatabaseServer, DatabaseServer];
const folder = mkdtempSync(join(tmpdir(), 'bench-objects-'));
const secrets = new Map<string, string>();
const job: DatabaseJob = {
  caseId: 'BENCH',
  plan: 'database',
  run: 1,
  objects: fileObjects(folder),
  vault: {
    put: async (_case, name, value) => void secrets.set(name, value),
    get: async (_case, name) => secrets.get(name),
    erase: async () => 0,
  },
  source,
  target,
  options: { repairDoubleEncoding: [], connections: 4 },
  allowedAddresses: ['127.0.0.0/8'],
  remaining: () => 900_000,
};
// As the product's own processes do.
collectSeldom();
try {
  const start = performance.now();
  const taken = await takeDatabaseInventory(job);
  if (taken.more) throw new Error('more');
  const chunks: number[] = [];
  for await (const { chunk } of readLines<{ chunk: number }>(job.objects, taken.chunksKey))
    chunks.push(chunk);
  await inParallel(chunks, 2, async (chunk) => {
    while ((await copyDatabaseChunk(job, chunk)).more);
  });
  // Indexes, constraints and counters come at the head of the verification, and are a part of the move.
  const definitions = keys.ledgerPart(job, (await readPlan(job))!.id, 0, 0);
  let made = false;
  const put: DatabaseJob['objects']['put'] = async (key, body) => {
    await job.objects.put(key, body);
    made ||= key === definitions;
  };
  await verifyDatabase({ ...job, objects: { ...job.objects, put }, remaining: () => (made ? 0 : 900_000) });
  if (!made) throw new Error('no definitions');
  const copied = performance.now();
  const verified = await verifyDatabase(job);
  if (verified.more || verified.unexplained > 0) throw new Error(`not verified: ${JSON.stringify(verified)}`);
  console.log(
    JSON.stringify({
      seconds: (copied - start) / 1000,
      verify: (performance.now() - copied) / 1000,
      rss_mb: peakMegabytes(),
    }),
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}
