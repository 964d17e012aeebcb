import { z } from 'zod';

/**
 * How to reach both ends of a mail migration. Kept in the vault: the servers as one JSON under `mail-access`, the
 * accounts in parts under `mail-accounts-1`, `-2` … (a secret holds 64 KiB); never in the case, in workflow state or in
 * an error.
 */
const text = (max: number) => z.string().min(1).max(max);

export const mailServer = z.object({
  /** POP3 is for sources without IMAP: it knows one folder and no flags. */
  protocol: z.enum(['imap', 'pop3']).default('imap'),
  host: text(253),
  port: z.int().min(1).max(65535),
  /** `plain` only where the survey allowed it: passwords are readable on the way. */
  security: z.enum(['tls', 'starttls', 'plain']),
  /** SHA-256 of the certificate, hex, pinned at the survey; another one stops the work. */
  certificate: z
    .string()
    .regex(/^[0-9A-Fa-f]{2}(?::?[0-9A-Fa-f]{2}){31}$/)
    .optional(),
});
export type MailServer = z.infer<typeof mailServer>;

/** An administrator who may open every mailbox. */
export const masterUser = z.object({
  user: text(320),
  password: text(1024),
  style: z.enum(['authorisation-identity', 'separator']),
  separator: z.string().length(1).optional(),
});
export type MasterUser = z.infer<typeof masterUser>;

export const mailAccess = z.object({
  source: mailServer,
  target: mailServer.extend({ protocol: z.literal('imap').default('imap') }),
  sourceMaster: masterUser.optional(),
  targetMaster: masterUser.optional(),
  /** Messages with the mark \Deleted that nobody expunged. */
  deleted: z.enum(['keep', 'skip']).default('keep'),
  /** Messages whose content is read again at the target: a sample, or all. */
  verify: z.enum(['sample', 'full']).default('sample'),
  /** A larger message is not moved, and the ledger says so. */
  largestMessageBytes: z
    .int()
    .min(1)
    .max(2 * 1024 ** 3)
    .default(512 * 1024 * 1024),
});
export type MailAccess = z.infer<typeof mailAccess>;

/** Passwords are absent where a master user opens the mailbox. */
export const mailAccount = z.object({
  user: text(320),
  password: text(1024).optional(),
  targetUser: text(320),
  targetPassword: text(1024).optional(),
});
export type MailAccount = z.infer<typeof mailAccount>;

/** What is no mailbox: it is not moved, it is set up at the target by hand, and the ledger says so (R1). */
export const mailSetting = z.object({
  kind: z.enum(['alias', 'forward', 'list']),
  address: text(320),
  to: z.array(text(320)).max(500),
});
export type MailSetting = z.infer<typeof mailSetting>;

/** One part of a customer's list, as the vault keeps it. */
export const mailAccountPart = z.object({
  accounts: z.array(mailAccount).max(10_000),
  settings: z.array(mailSetting).max(10_000).default([]),
});
export type MailAccountPart = z.infer<typeof mailAccountPart>;

export const mailAccessSecret = 'mail-access';
export const mailAccountsSecret = (part: number) => `mail-accounts-${part}`;
