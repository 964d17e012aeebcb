import * as z from 'zod';
import { taskKinds } from './tasks.ts';
import { fixRuleNames } from './web-fixes/rules.ts';

/**
 * Everything that the business decides and the code must not: names, prices, deadlines, documents, limits. Data with a
 * version; `settings.sample.json` is the sample that ships. Every quote records the version it was made from.
 */
const text = z.string().min(1);
const yen = z.int().min(0);

/** When a step is due: `days` calendar days, the day of opening not counted, to 23:59:59 JST. */
export const deadline = z.object({
  /** At most half a year: an execution of Step Functions lives for one, and several steps must fit into it. */
  days: z.int().min(1).max(180),
  /** A due day on a weekend or a Japanese holiday moves to the next business day. */
  rollToBusinessDay: z.boolean().default(false),
  /** Days after opening on which a reminder goes out at 10:00 JST, ascending, at most 10. */
  remindAfterDays: z.array(z.int().min(1)).max(10).default([]),
});
export type Deadline = z.infer<typeof deadline>;

export const document = z.object({
  id: z.enum(['service-spec', 'option-spec', 'terms', 'price-list']),
  /** The service specification differs by server; the others are for both. */
  serverKind: z.enum(['managed', 'smile']).optional(),
  title: text,
  revision: text,
  date: z.iso.date(),
  /** Paragraphs, as shown. Its SHA-256 is over these joined by '\n'. */
  body: z.array(text).min(1),
});

/** What a web site meets at the target (R9). */
const targetWeb = z.object({
  /** Directives that `.htaccess` may hold, in any case; containers such as `IfModule` included. */
  htaccess: z.array(text),
  /** Programs run as the customer: then a file that others may write to is refused with an error 500. */
  suexec: z.boolean(),
  sendmail: text,
  /** Absolute path of each program that a script's first line may name. */
  interpreters: z.record(text, text),
});
export type TargetWeb = z.infer<typeof targetWeb>;

const support = z.object({ title: text, chapter: text, phone: text, hours: text });

export const settings = z.object({
  version: text,
  /** True for what ships: pages and quotes then say 見本. */
  sample: z.boolean(),
  baseUrl: z.url(),
  issuer: z.object({
    name: text,
    /** T and 13 digits: qualified invoice issuer. */
    registrationNumber: z.string().regex(/^T\d{13}$/),
    postalCode: text,
    address: text,
    phone: text,
    department: text,
  }),
  partner: z.object({ name: text, phone: text }),
  mail: z.object({
    from: z.email(),
    domain: text,
    staff: z.email(),
    engineers: z.email(),
    finance: z.email(),
  }),
  support: z.object({ managed: support, smile: support }),
  documents: z.array(document).min(5),
  deadlines: z.record(z.enum(taskKinds), deadline),
  quotes: z.object({
    simpleValidDays: z.int().min(1).max(180),
    formalValidDays: z.int().min(1).max(180),
    /** Percent, by the code of the line; `default` for the rest. */
    taxRates: z.object({ default: z.int().min(0).max(100) }).catchall(z.int().min(0).max(100)),
    /** Yen without tax. */
    prices: z.object({
      base: yen,
      survey: yen,
      web: z.object({ base: yen, perGigabyte: yen, perDomain: yen }),
      database: z.object({ base: yen, perGigabyte: yen, perDatabase: yen }),
      mail: z.object({ base: yen, perGigabyte: yen, perAccount: yen }),
      cybozu: z.object({ base: yen, perGigabyte: yen, perUser: yen }),
      /** Fixes to web data (R9) and work outside the quote (R17), by the hour. */
      hourly: yen,
    }),
    /** Beyond these the quote is left to staff. */
    limits: z.object({ gigabytes: z.int(), mailAccounts: z.int(), databases: z.int() }),
  }),
  /** Target limits by server kind, shown at the survey and in the quote's assumptions. */
  targets: z.record(
    z.enum(['managed', 'smile']),
    z.object({
      php: z.array(text),
      quotaGigabytes: z.int(),
      databases: z.array(text),
      web: targetWeb,
    }),
  ),
  /** Fixes to web data (R9): how grave each finding is, and how many hours a place takes and the whole at least. */
  webFixes: z.object({
    version: text,
    rules: z.record(
      z.enum(fixRuleNames),
      z.object({
        severity: z.enum(['info', 'warning', 'blocker']),
        hours: z.number().min(0).max(100),
        leastHours: z.number().min(0).max(100),
      }),
    ),
  }),
  /** What each server that data moves from or to is asked to bear. An engineer may set other bounds for a case's source. */
  servers: z.object({
    /** At once; a server that knows one at a time gets one. */
    connections: z.int().min(1).max(16),
    /** Of reading, a million bytes each; without: no bound. */
    megabytesPerSecond: z.number().min(0.1).max(10_000).optional(),
  }),
  temporaryCopyDays: z.int().min(1).max(365),
  /**
   * CIDR ranges that customers' host names may lead to although they are not public. Empty in production; the local
   * product lists the loopback addresses of its own test servers here (threats.md, row 3).
   */
  allowedAddresses: z.array(z.string()).default([]),
});
export type Settings = z.infer<typeof settings>;
export type DocumentRevision = z.infer<typeof document>;
export type TaskDeadlines = Settings['deadlines'];
