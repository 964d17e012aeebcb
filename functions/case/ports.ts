import type { Actor, Case, HistoryEntry, OutboxEntry, Stage } from './case.ts';
import type { Settings } from './settings.ts';

/**
 * What the case needs from the world. `local/` and `functions/aws/` implement each of these; one suite
 * (test/ports) holds both to what is written here.
 */

export interface Clock {
  now(): Date;
}

export interface Random {
  /** Cryptographically strong bytes (a seeded stream in simulations). */
  bytes(count: number): Uint8Array;
}

/** All that one decision changes. Written whole or not at all. */
export interface Change {
  /** The version that was read; 0 for a new case. The stored case gets `expectedVersion + 1`. */
  expectedVersion: number;
  case: Case;
  history: readonly HistoryEntry[];
  outbox: readonly OutboxEntry[];
  /** SHA-256 (hex) of a link token -> the task that it opens. */
  links: readonly { sha256: string; taskId: string }[];
}

export interface CaseSummary {
  id: string;
  stage: Stage;
  company: string;
  waitingFor: Actor | 'nobody';
  dueAt?: string;
  updatedAt: string;
}

export interface Records {
  load(caseId: string): Promise<Case | undefined>;
  /** Throws VersionConflictError, and then nothing was written. */
  commit(change: Change): Promise<void>;
  /** Strongly consistent: a link works from the moment that its mail can be sent. */
  findLink(sha256: string): Promise<{ caseId: string; taskId: string } | undefined>;
  /** Latest change first. `after` is the `next` of the page before. */
  list(query: {
    waitingFor?: Actor;
    limit: number;
    after?: string;
  }): Promise<{ cases: CaseSummary[]; next?: string }>;
  /** Oldest first. */
  history(caseId: string): Promise<HistoryEntry[]>;
  /** Cases whose `nextReminderAt` is not after `now`, earliest first. */
  remindable(now: Date, limit: number): Promise<string[]>;
  /** Entries whose next attempt is not after `now`, earliest first. May return one that another worker holds. */
  pendingOutbox(now: Date, limit: number): Promise<{ entry: OutboxEntry; attempts: number }[]>;
  /** The entry is done and leaves the outbox. Settling twice is no error. */
  settleOutbox(entry: OutboxEntry): Promise<void>;
  /** The entry is tried again at `nextAttemptAt`; `error` is for staff and holds no secret. */
  postponeOutbox(entry: OutboxEntry, nextAttemptAt: Date, error: string): Promise<void>;
}

/**
 * Bytes under keys. `temporary/…` is what erasure and the lifecycle rule delete (staged copies, uploads);
 * `records/…` is kept (ledger, quotes, certificates).
 */
export interface Objects {
  /** Streams; the object appears whole or not at all, and replaces one of the same key. */
  put(key: string, body: Uint8Array | AsyncIterable<Uint8Array>): Promise<void>;
  /** Throws NotFoundError (see below) when there is none. `range` is in bytes, `end` exclusive. */
  get(key: string, range?: { start: number; end?: number }): AsyncIterable<Uint8Array>;
  size(key: string): Promise<number | undefined>;
  /** In order of key (bytes of UTF-8). */
  list(prefix: string): AsyncIterable<{ key: string; size: number }>;
  /** Every version of every object below the prefix. Returns how many objects there were. */
  deleteAll(prefix: string): Promise<number>;
}

export class NotFoundError extends Error {
  override name = 'NotFoundError';
}

/** Credentials and data keys, per case. Never logged, never in workflow state. */
export interface Vault {
  put(caseId: string, name: string, value: string): Promise<void>;
  get(caseId: string, name: string): Promise<string | undefined>;
  /** All of the case's secrets, beyond recovery. Returns how many there were. */
  erase(caseId: string): Promise<number>;
}

export interface Mail {
  /** Stable per recorded intent, so that a mail sent twice in a crash window is recognised: RFC 5322 3.6.4. */
  messageId: string;
  /** Exactly one address. */
  to: string;
  subject: string;
  text: string;
  html: string;
  attachments: readonly { filename: string; contentType: string; content: Uint8Array }[];
}

export interface Mailer {
  send(mail: Mail): Promise<void>;
}

/** What other departments' systems receive: the invoice, declines, completions. At least once, with a stable id. */
export interface BusinessEvent {
  id: string;
  type: string;
  at: string;
  detail: Record<string, unknown>;
}

export interface Events {
  publish(event: BusinessEvent): Promise<void>;
}

export const flows = ['simple-quote', 'formal-quote', 'order', 'transfer', 'web-scan'] as const;
export type Flow = (typeof flows)[number];

export interface Workflow {
  /** Starting one name twice is one execution and no error. */
  start(flow: Flow, name: string, input: Record<string, unknown>): Promise<void>;
  /** False when nobody waits for this token any more (timed out, done, stopped): no error, the record has the truth. */
  succeed(taskToken: string, output: Record<string, unknown>): Promise<boolean>;
}

export interface Ports {
  clock: Clock;
  random: Random;
  records: Records;
  objects: Objects;
  vault: Vault;
  mailer: Mailer;
  events: Events;
  workflow: Workflow;
  settings: Settings;
  /** Key from which link tokens are derived (see link-token.ts); 32 bytes. */
  linkKey: Uint8Array;
  /** Milliseconds that the running step may still use (Lambda: until its time-out). */
  remaining(): number;
}
