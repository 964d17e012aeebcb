import type { DatabaseServer } from '../../../functions/case/database-access.ts';
import { copyDatabaseChunk } from '../../../functions/migration/database/copy-chunk.ts';
import type { DatabaseJob } from '../../../functions/migration/database/job.ts';
import type { DatabaseLine } from '../../../functions/migration/database/line.ts';
import { takeDatabaseInventory } from '../../../functions/migration/database/take-inventory.ts';
import { verifyDatabase } from '../../../functions/migration/database/verify-database.ts';
import * as keys from '../../../functions/migration/keys.ts';
import { readLines } from '../../../functions/migration/ndjson.ts';
import type { ReportLine } from '../../../functions/migration/verification.ts';
import { MemoryObjects, MemoryVault } from '../memory-ports.ts';

export function jobFor(
  source: DatabaseServer,
  target: DatabaseServer,
  more: Partial<DatabaseJob> = {},
): DatabaseJob {
  return {
    caseId: 'HK-TEST',
    plan: 'database',
    run: 1,
    objects: new MemoryObjects(),
    vault: new MemoryVault(),
    source,
    target,
    options: { repairDoubleEncoding: [], connections: 4 },
    allowedAddresses: ['127.0.0.0/8'],
    remaining: () => 600_000,
    ...more,
  };
}

/** The same with a call's time going by at each look at it. */
export function runningOut(job: DatabaseJob): DatabaseJob {
  let left = 1e9;
  return { ...job, remaining: () => (left /= 4) };
}

/** The chunks of a plan, in the order of the list. */
export async function chunksOf(job: DatabaseJob): Promise<number[]> {
  const taken = await takeDatabaseInventory(job);
  if (taken.more) throw new Error('The inventory asks for more time than a test has.');
  const chunks: number[] = [];
  for await (const { chunk } of readLines<{ chunk: number }>(job.objects, taken.chunksKey))
    chunks.push(chunk);
  return chunks;
}

export async function copyAll(job: DatabaseJob): Promise<void> {
  for (const chunk of await chunksOf(job)) {
    for (let calls = 0; (await copyDatabaseChunk(job, chunk)).more; calls++) {
      if (calls > 50) throw new Error('No end of calls.');
    }
  }
}

/** All four verbs; what the verification says. */
export async function move(job: DatabaseJob) {
  await copyAll(job);
  const verified = await verifyDatabase(job);
  if (verified.more) throw new Error('The verification asks for more time than a test has.');
  return verified;
}

export async function ledgerOf(job: DatabaseJob): Promise<DatabaseLine[]> {
  const lines: DatabaseLine[] = [];
  for await (const line of readLines<DatabaseLine>(job.objects, keys.ledger(job))) lines.push(line);
  return lines;
}

export async function reportOf(job: DatabaseJob): Promise<ReportLine[]> {
  const lines: ReportLine[] = [];
  for await (const line of readLines<ReportLine>(job.objects, keys.report(job))) lines.push(line);
  return lines.filter(({ result }) => result !== undefined);
}
