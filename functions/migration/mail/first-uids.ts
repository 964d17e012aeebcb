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
  for (const [index, { mailbox }] of missing.entries()) {
    await job.objects.put(`${prefix}${mailbox}.${found[index]?.uidNext ?? 1}`, Buffer.of(0x0a));
  }
  return read(job, prefix);
}

async function read(job: MailJob, prefix: string): Promise<Map<number, number>> {
  const lowest = new Map<number, number>();
  for await (const { key } of job.objects.list(prefix)) {
    const [mailbox, uid] = key.slice(prefix.length).split('.').map(Number) as [number, number];
    lowest.set(mailbox, Math.min(uid, lowest.get(mailbox) ?? uid));
  }
  return lowest;
}
