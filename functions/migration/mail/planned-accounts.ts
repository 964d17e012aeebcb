import type { MailAccount } from '../../case/mail-access.ts';
import { readJson, writeJson } from '../ndjson.ts';
import type { MailJob } from './job.ts';
import * as keys from './keys.ts';

type Run = Pick<MailJob, 'caseId' | 'plan' | 'run' | 'objects'>;

/** A run knows its accounts by number: their order is kept, for the customer may hand in another list meanwhile. */
export async function keepOrder(run: Run, accounts: readonly MailAccount[]): Promise<void> {
  const users = accounts.map(({ user }) => user);
  await writeJson(run.objects, keys.plannedAccounts(run), users);
}

/** Nothing came of this run: the next attempt begins with the list as it is then. */
export async function forgetOrder(run: Run): Promise<void> {
  await run.objects.deleteAll(keys.plannedAccounts(run));
}

/**
 * The accounts in the order in which the run began. One that is no longer in the list comes without a password; one that
 * is new is left to the next run.
 */
export async function inPlannedOrder(run: Run, accounts: readonly MailAccount[]): Promise<MailAccount[]> {
  const users = await readJson<string[]>(run.objects, keys.plannedAccounts(run));
  if (!users) return [...accounts];
  const byUser = new Map(accounts.map((account) => [account.user, account]));
  return users.map((user) => byUser.get(user) ?? { user, targetUser: user });
}
