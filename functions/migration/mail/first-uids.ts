import { randomBytes } from 'node:crypto';
import { readJson, writeJson } from '../ndjson.ts';
import type { ImapConnection } from './imap/connection.ts';
import { statusOf } from './imap/status.ts';
import type { MailJob } from './job.ts';
import * as keys from './keys.ts';

/**
 * The target's UIDNEXT per folder before any run of a chunk stored anything: whatever they left behind has at least this
 * UID. Each run writes what it sees before it stores and then takes the lowest of all, so that of several at once each
 * knows where the first one began.
 */
export async function firstUids(
  job: MailJob,
  plan: string,
  chunk: number,
  target: ImapConnection,
  mailboxes: readonly { mailbox: number; wire: string }[],
): Promise<Map<number, number>> {
  const prefix = keys.firstUids(job, plan, chunk);
  const known = await read(job, prefix);
  const missing = mailboxes.filter(({ mailbox }) => !known.has(mailbox));
  if (missing.length === 0) return known;
  const found = await statusOf(
    target,
    missing.map(({ wire }) => wire),
  );
  const seen: Seen = missing.map(({ mailbox }, index) => [mailbox, found[index]?.uidNext ?? 1]);
  await writeJson(job.objects, prefix + randomBytes(8).toString('hex'), seen);
  return read(job, prefix);
}

/** Numbers of folders with the UIDNEXT that one run saw: one object, for a chunk may hold thousands of folders. */
type Seen = [mailbox: number, uidNext: number][];

async function read(job: MailJob, prefix: string): Promise<Map<number, number>> {
  const lowest = new Map<number, number>();
  const keys: string[] = [];
  for await (const { key } of job.objects.list(prefix)) keys.push(key);
  for (const key of keys) {
    for (const [mailbox, uid] of (await readJson<Seen>(job.objects, key)) ?? [])
      lowest.set(mailbox, Math.min(uid, lowest.get(mailbox) ?? uid));
  }
  return lowest;
}
