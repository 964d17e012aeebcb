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

export async function readKnown(job: MailJob, user: string): Promise<KnownMailboxes> {
  if (job.previousRun === undefined) return {};
  const key = keys.knownMailboxes({ ...job, run: job.previousRun }, user);
  return (await readJson<KnownMailboxes>(job.objects, key)) ?? {};
}

/** The messages of a folder as an earlier run verified them, by ascending UID. */
export async function* readKnownLines(
  job: MailJob,
  known: KnownMailbox,
  after = 0,
): AsyncGenerator<MailLine> {
  const before = { ...job, run: job.previousRun! };
  const plan = await readPlan(before);
  if (!plan) return;
  const verified = await readJson<VerifyState>(job.objects, verifyState(before, plan.id));
  for (const part of verified?.ledgerParts.slice(known.firstChunk, known.lastChunk + 1) ?? []) {
    for await (const line of readLinesIfAny<MailLine>(job.objects, part)) {
      if (line.account !== known.account || line.mailbox !== known.mailbox || line.kind !== 'message')
        continue;
      if (line.uid !== undefined && line.uid > after) yield line;
    }
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
