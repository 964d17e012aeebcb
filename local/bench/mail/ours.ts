import { connect } from 'node:net';
import { mailAccess } from '../../../functions/case/mail-access.ts';
import type { ChunkRow } from '../../../functions/migration/mail/chunk-writer.ts';
import { copyMailChunk } from '../../../functions/migration/mail/copy-mail-chunk.ts';
import type { MailJob } from '../../../functions/migration/mail/job.ts';
import { takeMailInventory } from '../../../functions/migration/mail/take-mail-inventory.ts';
import { verifyMail } from '../../../functions/migration/mail/verify-mail.ts';
import { readLines } from '../../../functions/migration/ndjson.ts';
import { fileObjects } from '../../ports/objects.ts';
import { peakMegabytes } from '../peak-memory.ts';

/**
 * One run in a process of its own, so that its memory can be told: list, read, hash, stage, store, record; with `verify`
 * also the reading again. Arguments: port, port, folder for objects, run, `verify` or `-`. Prints JSON.
 */
const [source, target, folder, run, depth] = process.argv.slice(2);
const secrets = new Map([['data-key', Buffer.alloc(32, 1).toString('base64')]]);
const job: MailJob = {
  caseId: 'HK-BENCH',
  plan: 'mail',
  run: Number(run),
  ...(Number(run) > 1 && { previousRun: Number(run) - 1 }),
  objects: fileObjects(folder!),
  vault: {
    put: async (_, name, value) => void secrets.set(name, value),
    get: async (_, name) => secrets.get(name),
    erase: async () => 0,
  },
  remaining: () => 3_600_000,
  access: mailAccess.parse({
    source: { host: '127.0.0.1', port: Number(source), security: 'plain' },
    target: { host: '127.0.0.1', port: Number(target), security: 'plain' },
  }),
  accounts: [{ user: 'taro', password: 'himitsu', targetUser: 'taro', targetPassword: 'himitsu' }],
  dial: async (host, port) => connect({ host, port }).on('error', () => {}),
};

const began = performance.now();
const taken = await takeMailInventory(job);
const listed = performance.now();
if (taken.more) throw new Error('The inventory did not end.');
const chunks: ChunkRow[] = [];
for await (const chunk of readLines<ChunkRow>(job.objects, taken.chunksKey)) chunks.push(chunk);
const worker = async () => {
  for (let chunk = chunks.shift(); chunk; chunk = chunks.shift())
    while ((await copyMailChunk(job, chunk)).more);
};
await Promise.all([worker(), worker()]);
const copied = performance.now();
const verified = depth === 'verify' ? await verifyMail(job) : undefined;
const ended = performance.now();
const threadTime = () => {
  const { user, system } = process.threadCpuUsage();
  return user + system;
};
const seconds = (from: number, to: number) => Math.round(to - from) / 1000;
const result = {
  objects: taken.objects,
  bytes: taken.bytes,
  inventory_s: seconds(began, listed),
  copy_s: seconds(listed, copied),
  verify_s: seconds(copied, ended),
  cpu_user_s: Math.round(process.cpuUsage().user / 1000) / 1000,
  cpu_system_s: Math.round(process.cpuUsage().system / 1000) / 1000,
  // What no second core can take over.
  main_thread_s: Math.round(threadTime() / 1000) / 1000,
  rss_mb: peakMegabytes(),
  ...(verified &&
    !verified.more && {
      moved: verified.moved,
      unchanged: verified.unchanged,
      unexplained: verified.unexplained,
    }),
};
console.log(JSON.stringify(result));
