import * as z from 'zod';

/**
 * How to reach both ends of a mail migration. Kept in the vault: the source and the accounts (in parts, for a secret holds
 * 64 KiB) as `source-access` confided them, the target as `migration-details` did; never in the case, in workflow state or
 * in an error.
 */
const text = (max: number) => z.string().min(1).max(max);

export const mailServer = z.object({
  /** POP3 is for sources without IMAP: it knows one folder and no flags. */
  protocol: z.enum(['imap', 'pop3']).default('imap'),
  host: text(253),
  port: z.int().min(1).max(65535),
  /** `plain` only where the survey allowed it: passwords are readable on the way. */
  security: z.enum(['tls', 'starttls', 'plain']),
  /** SHA-256 of the certificate, hex, pinned at the first contact; another one stops the work. */
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
  /** Domains and accounts at the target that staff agreed on; see mail-targets.ts. */
  targets: z.array(text(320)).max(200).default([]),
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

/** What `source-access` confides under `source-mail`. */
export const sourceMailAccess = z.object({
  server: mailServer,
  master: masterUser.optional(),
  /** Where the passwords of the mailboxes come from. */
  passwords: z.enum(['list', 'holders', 'master']),
  deleted: mailAccess.shape.deleted,
});
export type SourceMailAccess = z.infer<typeof sourceMailAccess>;

/** Who makes the accounts at the target: they are there, a file for its panel, or a command over SSH. */
export const accountCreation = z.discriminatedUnion('way', [
  z.object({ way: z.literal('none') }),
  z.object({ way: z.literal('panel') }),
  z.object({
    way: z.literal('command'),
    template: text(1000),
    shell: z.object({
      host: text(253),
      port: z.int().min(1).max(65535),
      user: text(128),
      password: z.string().max(1024).optional(),
      privateKey: z.string().max(16_384).optional(),
    }),
  }),
]);
export type AccountCreation = z.infer<typeof accountCreation>;

/** What `migration-details` confides under `target-mail`. */
export const targetMailAccess = z.object({
  server: mailAccess.shape.target,
  master: masterUser.optional(),
  /** Which accounts there a customer's list may name. */
  targets: mailAccess.shape.targets,
  verify: mailAccess.shape.verify,
  creation: accountCreation,
});
export type TargetMailAccess = z.infer<typeof targetMailAccess>;

/**
 * `password` is absent where a master user opens the mailbox or its holder gives it; a `targetPassword` that is absent is
 * the same as the source's.
 */
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

/** Where no port is given. */
export const usualMailPorts = {
  imap: { tls: 993, starttls: 143, plain: 143 },
  pop3: { tls: 995, starttls: 110, plain: 110 },
} as const;

/** Names in the vault, before the suffix of the submission. Parts count from 1, accounts from 0. */
export const accountPartSecret = (part: number) => `source-mail-accounts-${part}`;
export const holderSecret = (account: number) => `source-mail-password-${account}`;

/** Bytes of JSON in one part; a secret holds 65,536. */
const partBytes = 60_000;

/** Cuts a list so that each part fits into one secret. */
export function accountParts(list: MailAccountPart): string[] {
  const parts: MailAccountPart[] = [{ accounts: [], settings: [] }];
  let bytes = 0;
  for (const kind of ['accounts', 'settings'] as const) {
    for (const item of list[kind]) {
      const size = Buffer.byteLength(JSON.stringify(item)) + 1;
      if (bytes + size > partBytes) {
        parts.push({ accounts: [], settings: [] });
        bytes = 0;
      }
      (parts.at(-1)![kind] as unknown[]).push(item);
      bytes += size;
    }
  }
  return parts.map((part) => JSON.stringify(part));
}
