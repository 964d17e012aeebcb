import type { ObjectLine } from '../object-line.ts';

/** A message, a folder, an account or a setting of the source, as inventory, chunk and ledger have it. */
export interface MailLine extends ObjectLine {
  kind: 'account' | 'mailbox' | 'message' | 'setting';
  /** Index among the job's accounts. */
  account: number;
  /** Index in the account's table of folders; -1 for the account itself. */
  mailbox: number;
  /** IMAP's UID, or a number made from POP3's UIDL. */
  uid?: number;
  /** INTERNALDATE as the source wrote it, or as it was taken from the header; absent when there is none. */
  date?: string;
  flags?: string[];
  /** UID at the target. */
  target?: number;
  /** What it is at the target where the server altered it. */
  targetSize?: number;
  targetSha256?: string;
  /** Found at the target by its content, not appended just now. */
  found?: true;
  /** It was at the target before us, so that its marks are not only ours: they are added to. */
  theirs?: true;
  /** Marks that changed at the source since the message was moved. */
  change?: { add: string[]; remove: string[] };
}

/** What became of one line of a chunk; merged over it. Without an outcome: what was said before is void. */
export interface Result {
  mailbox: number;
  uid: number;
  outcome?: MailLine['outcome'];
  size?: number;
  sha256?: string;
  /** Taken from its header, for the source tells none. */
  date?: string;
  target?: number;
  found?: true;
  theirs?: true;
  how?: string;
  why?: string;
  remark?: string;
}

export const keyOf = (line: { mailbox: number; uid?: number }) => `${line.mailbox}.${line.uid}`;

/** Seconds since 1970 of an INTERNALDATE; undefined for what is none. */
export function secondsOf(date: string | undefined): number | undefined {
  const parsed = /^\s?(\d{1,2})-([A-Z][a-z]{2})-(\d{4}) (\d\d:\d\d:\d\d) ([+-]\d{4})$/.exec(date ?? '');
  if (!parsed) return undefined;
  const [, day, month, year, time, zone] = parsed;
  const instant = Date.parse(`${day} ${month} ${year} ${time} ${zone}`);
  return Number.isNaN(instant) ? undefined : instant / 1000;
}
