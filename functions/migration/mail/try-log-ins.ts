import type { ConnectionCheck } from '../../case/connection-check.ts';
import { AccountRefusedError } from './imap/errors.ts';
import { listMailboxes } from './imap/list.ts';
import type { MailJob } from './job.ts';
import { openSource, openTarget } from './open-account.ts';

export type MailEnd = 'source' | 'target';

/** More are not tried: each is a log-in that the server counts. */
const mostLogIns = 30;
/** One after the other: then the list is wrong as a whole, and servers shut out who goes on. */
const mostRefusals = 2;

/**
 * Opens the mailboxes of the list one after the other, while there is time. `entries`: folders of the first. Throws
 * TransientError, RetryAfterError or TerminalError when the server itself does not serve.
 */
export async function tryLogIns(
  job: MailJob,
  end: MailEnd,
): Promise<Pick<ConnectionCheck, 'entries' | 'logIns' | 'remarks'>> {
  const logIns = { opened: 0, tried: 0, of: job.accounts.length };
  const remarks: string[] = [];
  let entries: number | undefined;
  let refused = 0;
  for (const [account, { password, targetPassword }] of job.accounts.entries()) {
    const own = end === 'source' ? password : (targetPassword ?? password);
    // A holder may still have to give it.
    if (own === undefined && !job.access[`${end}Master`]) continue;
    if (logIns.tried === mostLogIns || refused === mostRefusals || job.remaining() < 2_000 + job.idleMs!)
      break;
    logIns.tried += 1;
    try {
      const folders = await lookInto(job, account, end);
      entries ??= folders;
      logIns.opened += 1;
      refused = 0;
    } catch (error) {
      if (!(error instanceof AccountRefusedError)) throw error;
      refused += 1;
      remarks.push(error.message);
    }
  }
  if (logIns.opened === 0 && remarks.length > 0) throw new AccountRefusedError(remarks.join('\n'));
  return { logIns, remarks, ...(entries !== undefined && { entries }) };
}

async function lookInto(job: MailJob, account: number, end: MailEnd): Promise<number> {
  if (end === 'source') {
    const source = await openSource(job, account);
    try {
      return (await source.mailboxes()).mailboxes.length;
    } finally {
      await source.close();
    }
  }
  const connection = await openTarget(job, account);
  try {
    return (await listMailboxes(connection)).length;
  } finally {
    await connection.logout();
  }
}
