import { verifyState } from '../keys.ts';
import { readJson, readLinesIfAny } from '../ndjson.ts';
import { readPlan } from '../plan-chunks.ts';
import type { VerifyState } from '../verification.ts';
import type { MailboxStatus } from './imap/status.ts';
import type { MailJob } from './job.ts';
import * as keys from './keys.ts';
import type { MailLine } from './lines.ts';

/** What a verified run left behind about one folder. */
export interface KnownMailbox {
  /** The source's state when that run listed it. */
  state?: MailboxStatus;
  /** The target's folder, as its server writes it. */
  target?: string;
  /** UIDVALIDITY of both ends. */
  uidValidity: number;
  targetUidValidity: number;
  /** The first UID that the target had not given yet. */
  targetUidNext: number;
  /** Chunks of that run that hold its lines, and its number in their lines. */
  firstChunk: number;
  lastChunk: number;
  account: number;
  mailbox: number;
}

export type KnownMailboxes = Record<string, KnownMailbox>;

/** One account as a verified run left it; knows nothing when there was none. */
export class KnownAccount {
  readonly mailboxes: Readonly<KnownMailboxes>;
  readonly #job: MailJob;
  readonly #ledgerParts: readonly string[];
  /** The part that was read last: one holds the lines of many small folders. */
  #present: { part: string; messages: ReadonlyMap<string, readonly MailLine[]> } | undefined;

  private constructor(job: MailJob, mailboxes: KnownMailboxes, ledgerParts: readonly string[]) {
    this.#job = job;
    this.mailboxes = mailboxes;
    this.#ledgerParts = ledgerParts;
  }

  static async read(job: MailJob, user: string): Promise<KnownAccount> {
    if (job.previousRun === undefined) return new KnownAccount(job, {}, []);
    const before = { ...job, run: job.previousRun };
    const mailboxes = await readJson<KnownMailboxes>(job.objects, keys.knownMailboxes(before, user));
    const plan = mailboxes && (await readPlan(before));
    const verified = plan && (await readJson<VerifyState>(job.objects, verifyState(before, plan.id)));
    return new KnownAccount(job, mailboxes ?? {}, verified?.ledgerParts ?? []);
  }

  /** The messages of a folder as that run verified them, by ascending UID. */
  async *messages(known: KnownMailbox, after = 0): AsyncGenerator<MailLine> {
    for (const part of this.#ledgerParts.slice(known.firstChunk, known.lastChunk + 1)) {
      for (const line of (await this.#messagesIn(part)).get(`${known.account}.${known.mailbox}`) ?? [])
        if (line.uid !== undefined && line.uid > after) yield line;
    }
  }

  async #messagesIn(part: string): Promise<ReadonlyMap<string, readonly MailLine[]>> {
    if (this.#present?.part !== part) {
      const messages = new Map<string, MailLine[]>();
      for await (const line of readLinesIfAny<MailLine>(this.#job.objects, part)) {
        if (line.kind !== 'message') continue;
        const folder = `${line.account}.${line.mailbox}`;
        const lines = messages.get(folder);
        if (lines) lines.push(line);
        else messages.set(folder, [line]);
      }
      this.#present = { part, messages };
    }
    return this.#present.messages;
  }
}

/** It is at the target, where it belongs. */
export function arrived(line: MailLine): boolean {
  return (
    line.outcome !== undefined &&
    line.outcome !== 'skipped' &&
    (line.verified === 'match' || line.verified === 'kept')
  );
}
