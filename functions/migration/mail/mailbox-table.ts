import { TerminalError } from '../../case/errors.ts';
import { readJson, writeJson } from '../ndjson.ts';
import type { MailboxStatus } from './imap/status.ts';
import type { MailJob } from './job.ts';
import * as keys from './keys.ts';

/** One folder of an account, decided once per plan: what is copied into where. */
export interface PlannedMailbox {
  /** As the source's server writes it. */
  source: string;
  /** For people: levels joined by `/`. */
  name: string;
  /** As the target's server writes it; absent when nothing goes there. */
  target?: string;
  how?: string;
  why?: string;
  /** It holds folders only, and comes into being with them. */
  container?: true;
  /** It was made in this plan. */
  created?: true;
  before?: MailboxStatus;
  /** The target's folder when the plan was made. */
  targetBefore?: MailboxStatus;
  /** From this UID on the target holds messages that no earlier run accounted for: look before storing. */
  lookFrom?: number;
}

export interface MailboxTable {
  user: string;
  mailboxes: PlannedMailbox[];
  /** By the target's quota; absent when it does not tell, or has none. */
  targetBytesLeft?: number;
}

export async function readTable(job: MailJob, plan: string, account: number): Promise<MailboxTable> {
  const table = await readJson<MailboxTable>(job.objects, keys.mailboxTable(job, plan, account));
  if (!table || table.user !== job.accounts[account]?.user) {
    throw new TerminalError(
      'メールアカウントの一覧が作業の途中で変わりました。移行を最初からやり直してください。',
    );
  }
  return table;
}

export async function writeTable(
  job: MailJob,
  plan: string,
  account: number,
  table: MailboxTable,
): Promise<void> {
  await writeJson(job.objects, keys.mailboxTable(job, plan, account), table);
}
