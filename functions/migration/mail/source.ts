import type { Listed } from './imap/fetch-list.ts';
import type { Mailbox, Namespace } from './imap/list.ts';
import type { MailboxStatus } from './imap/status.ts';

/** One account's mail, to be read and never changed. IMAP and POP3 are behind it; see imap-source.ts, pop3-source.ts. */
export interface MailSource {
  mailboxes(): Promise<{ mailboxes: Mailbox[]; personal: Namespace; foreign: Namespace[] }>;
  /** The name as a person knows it. */
  readable(name: string): string;
  status(names: readonly string[]): Promise<(MailboxStatus | undefined)[]>;
  /** Makes this mailbox the one that is read. */
  open(name: string): Promise<{ exists: number; uidValidity: number }>;
  /** Messages with a UID above `after`, ascending, in windows that fit into memory. */
  list(after: number): AsyncGenerator<Listed[]>;
  /** Gives each message of the batches once, in any order. Returns those that are gone. */
  read(
    batches: readonly (readonly number[])[],
    take: (uid: number, body: Buffer) => void | Promise<void>,
    allocate?: (size: number) => Buffer,
  ): Promise<Set<number>>;
  /** One message of any size. False when it is gone. */
  readLarge(
    uid: number,
    take: (size: number, body: AsyncIterable<Buffer>) => Promise<void>,
  ): Promise<boolean>;
  close(): Promise<void>;
}
