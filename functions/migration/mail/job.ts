import type { MailAccess, MailAccount } from '../../case/mail-access.ts';
import type { TransferJob } from '../job.ts';
import type { Dial } from './imap/open-connection.ts';

/** One run of a mail transfer. */
export interface MailJob extends TransferJob {
  access: MailAccess;
  accounts: readonly MailAccount[];
  dial: Dial;
  /** Milliseconds without a byte after which a server counts as gone; 60,000. */
  idleMs?: number;
  /** The longest pause between two attempts of one call, in milliseconds; 1,000. */
  pauseMs?: number;
}
