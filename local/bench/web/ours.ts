import { type WebAccess, webAccess } from '../../../functions/case/access.ts';
import { collectSeldom } from '../../../functions/migration/collect-seldom.ts';
import { readLines } from '../../../functions/migration/ndjson.ts';
import { copyChunk } from '../../../functions/migration/web/copy-chunk.ts';
import type { Job } from '../../../functions/migration/web/job.ts';
import { openWebTree } from '../../../functions/migration/web/open-web-tree.ts';
import { StandingTrees, workWith } from '../../../functions/migration/web/standing-trees.ts';
import { takeInventory } from '../../../functions/migration/web/take-inventory.ts';
import { verifyTransfer } from '../../../functions/migration/web/verify-transfer.ts';
import { fileObjects } from '../../ports/objects.ts';
import { peakMegabytes } from '../peak-memory.ts';

export interface OursOrder {
  source: WebAccess;
  target: WebAccess;
  /** Of staged copies and ledger. */
  folder: string;
  run: number;
  verify: boolean;
}

export interface OursDone {
  inventory_s: number;
  copy_s: number;
  verify_s: number;
  cpu_user_s: number;
  cpu_system_s: number;
  rss_mb: number;
  objects: number;
  unexplained?: number;
}

/**
 * One run in a process of its own, so that its memory can be told: list, read, hash, stage sealed, deliver, record; with
 * `verify` also the reading again. As `npm start` does it: two chunks at once, each step with the connections of the last one.
 */
const order = JSON.parse(process.argv[2] ?? '') as OursOrder;
const secrets = new Map([['data-key', Buffer.alloc(32, 1).toString('base64')]]);
const objects = fileObjects(order.folder);
const policy = { allowedAddresses: ['127.0.0.0/8'] };
const [from, to] = [webAccess.parse(order.source), webAccess.parse(order.target)];

const standing = new StandingTrees(openWebTree);

async function withJob<T extends { more: boolean }>(work: (job: Job) => Promise<T>): Promise<T> {
  const trees = await Promise.all([standing.open(from, policy), standing.open(to, policy)]);
  const [source, target] = trees;
  return workWith(trees, () =>
    work({
      caseId: 'HK-BENCH',
      plan: 'web',
      run: order.run,
      ...(order.run > 1 && { previousRun: 1 }),
      objects,
      vault: {
        put: async (_, name, value) => void secrets.set(name, value),
        get: async (_, name) => secrets.get(name),
        erase: async () => 0,
      },
      source,
      target,
      remaining: () => 3_600_000,
    }),
  );
}

collectSeldom();
const began = performance.now();
const taken = await withJob(takeInventory);
if (taken.more) throw new Error('The inventory did not end.');
const listed = performance.now();
const chunks: number[] = [];
for await (const { chunk } of readLines<{ chunk: number }>(objects, taken.chunksKey)) chunks.push(chunk);
const worker = async () => {
  for (let chunk = chunks.shift(); chunk !== undefined; chunk = chunks.shift()) {
    const number = chunk;
    while ((await withJob((job) => copyChunk(job, number))).more);
  }
};
await Promise.all([worker(), worker()]);
const copied = performance.now();
const verified = order.verify ? await withJob((job) => verifyTransfer(job)) : undefined;
await standing.close();
const seconds = (a: number, b: number) => Math.round(b - a) / 1000;
const done: OursDone = {
  objects: taken.objects,
  inventory_s: seconds(began, listed),
  copy_s: seconds(listed, copied),
  verify_s: seconds(copied, performance.now()),
  cpu_user_s: Math.round(process.cpuUsage().user / 1000) / 1000,
  cpu_system_s: Math.round(process.cpuUsage().system / 1000) / 1000,
  rss_mb: peakMegabytes(),
  ...(verified && !verified.more && { unexplained: verified.unexplained }),
};
console.log(JSON.stringify(done));
