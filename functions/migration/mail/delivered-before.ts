import type { MailJob } from './job.ts';
import { arrived, KnownAccount } from './known.ts';
import type { PlannedMailbox } from './mailbox-table.ts';

/**
 * Mail of one folder that earlier runs stored, by its UID at the target: the marks that it was given. Empty where all that
 * is looked at came later.
 */
export async function deliveredBefore(
  job: MailJob,
  account: number,
  { source, targetBefore, lookFrom = 1 }: PlannedMailbox,
): Promise<ReadonlyMap<number, readonly string[]>> {
  const delivered = new Map<number, readonly string[]>();
  const earlier = await KnownAccount.read(job, job.accounts[account]!.user);
  const known = earlier.mailboxes[source];
  if (!known || known.targetUidValidity !== targetBefore?.uidValidity || known.targetUidNext <= lookFrom)
    return delivered;
  for await (const line of earlier.messages(known)) {
    if (line.target !== undefined && arrived(line) && !line.theirs)
      delivered.set(line.target, line.flags ?? []);
  }
  return delivered;
}
