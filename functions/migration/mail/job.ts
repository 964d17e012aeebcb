import type { MailAccess, MailAccount, MailSetting } from '../../case/mail-access.ts';
import type { TransferJob } from '../job.ts';
import type { Throttle } from '../throttle.ts';
import type { Dial } from './imap/open-connection.ts';

/** One run of a mail transfer. */
export interface MailJob extends TransferJob {
  access: MailAccess;
  accounts: readonly MailAccount[];
  /** Aliases, forwarding and lists: work for people at the target. */
  settings?: readonly MailSetting[];
  dial: Dial;
  /** Of reading at the source. */
  throttle?: Throttle;
  /** Milliseconds without a byte after which a server counts as gone; 60,000. */
  idleMs?: number;
  /** The longest pause between two attempts of one call, in milliseconds; 30,000. */
  pauseMs?: number;
}
