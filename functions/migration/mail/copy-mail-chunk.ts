import { setTimeout as wait } from 'node:timers/promises';
import { RetryAfterError, TerminalError, TransientError } from '../../case/errors.ts';
import { dataKey } from '../data-key.ts';
import { timeIsShort } from '../job.ts';
import { readPlan } from '../plan-chunks.ts';
import { type ChunkState, ChunkWork, TakenOverError } from './chunk-work.ts';
import { lastClaim } from './claim.ts';
import { copyMailbox } from './copy-mailbox.ts';
import { OutOfTime } from './copy-small.ts';
import { firstUids } from './first-uids.ts';
import type { ImapConnection } from './imap/connection.ts';
import { AccountRefusedError, ImapProtocolError } from './imap/errors.ts';
import type { MailJob } from './job.ts';
import * as keys from './keys.ts';
import { readTable } from './mailbox-table.ts';
import { openSource, openTarget } from './open-account.ts';
import type { MailSource } from './source.ts';

/** Attempts in one call, one after the other, that may fail without moving anything. */
const mostAttempts = 14;

/**
 * Moves one chunk of messages, in as many calls as it takes (`more`): read once, staged, stored with flags and date,
 * recorded. Calling it again, or twice at once, stores nothing twice: each attempt after the first looks at the target
 * before it stores, and verification settles what two runs did in the same moment. Throws TransientError,
 * RetryAfterError or TerminalError; what was moved is kept.
 */
export async function copyMailChunk(
  job: MailJob,
  { chunk }: { chunk: number },
  /** Messages at the target, by number of folder, that are known to be others. */
  others: ReadonlyMap<number, ReadonlySet<number>> = new Map(),
): Promise<{ more: boolean }> {
  const plan = await readPlan(job);
  if (!plan) throw new TerminalError('移行計画がありません。一覧の作成からやり直してください。');
  for (let attempts = 1; ; attempts++) {
    const work = await ChunkWork.begin(job, plan, chunk);
    if (!work) return { more: false };
    const before = work.results.size;
    try {
      await attempt(job, work, others);
      return { more: false };
    } catch (error) {
      if (error instanceof OutOfTime) return { more: true };
      if (error instanceof TakenOverError || !(await work.isMine())) {
        await waitForOther(job, plan.id, chunk);
        if (timeIsShort(job)) return { more: true };
        continue;
      }
      // A password that was changed meanwhile is this account's trouble: the others go on, and the next run moves the rest.
      if (error instanceof AccountRefusedError) {
        await work.leaveOut(error.message);
        await work.finish();
        return { more: false };
      }
      const moved = work.results.size > before;
      if (!(await isWorthAnother(work, error, moved))) throw error;
      if (moved) attempts = 0;
      if (timeIsShort(job)) return { more: true };
      if (attempts >= mostAttempts) throw error;
      await wait(moved ? 0 : Math.min(20 * 2 ** attempts, job.pauseMs ?? 1000));
    }
  }
}

/** A broken connection or answer: the next attempt reads and stores less at once. */
async function isWorthAnother(work: ChunkWork, error: unknown, moved: boolean): Promise<boolean> {
  if (error instanceof RetryAfterError) return false;
  if (!(error instanceof TransientError) && !(error instanceof ImapProtocolError)) return false;
  if (moved) work.state.failures = Math.max(0, work.state.failures - 1);
  else if (work.reached) work.state.failures++;
  if (work.state.alone) work.state.alone.error = error.message;
  await work.save();
  return true;
}

/**
 * Another run took this chunk over: taking it back at once would only hinder both. Waits until it is done with it, or
 * nothing has come of it for as long as a silent server is waited for.
 */
async function waitForOther(job: MailJob, plan: string, chunk: number): Promise<void> {
  let seen = '';
  for (let since = Date.now(); Date.now() - since < 2 * (job.idleMs ?? 60_000) && !timeIsShort(job); ) {
    const last = await lastClaim<ChunkState>(job.objects, keys.claims(job, plan, chunk));
    if (last?.state.done) return;
    let results = 0;
    for await (const _ of job.objects.list(keys.results(job, plan, chunk))) results++;
    const trace = `${last?.name} ${results}`;
    if (trace !== seen) since = Date.now();
    seen = trace;
    await wait(job.pauseMs ?? 1000);
  }
}

async function attempt(
  job: MailJob,
  work: ChunkWork,
  others: ReadonlyMap<number, ReadonlySet<number>>,
): Promise<void> {
  const mailboxes = work.pendingMailboxes();
  const account = work.lines[0]?.account ?? 0;
  const table = await readTable(job, work.plan, account);
  const { runner } = work;
  const staging = {
    job,
    dataKey: await dataKey(job.vault, job.caseId),
    plan: work.plan,
    chunk: work.chunk,
    runner,
  };
  let source: Promise<MailSource> | undefined;
  let target: ImapConnection | undefined;
  const open = () => {
    source ??= openSource(job, account);
    return source;
  };
  try {
    if (mailboxes.length > 0) target = await openTarget(job, account);
    if (target) {
      const wires = mailboxes.map((mailbox) => ({ mailbox, wire: table.mailboxes[mailbox]!.target! }));
      work.from = await firstUids(job, work.plan, work.chunk, target, wires);
    }
    work.reached = true;
    for (const mailbox of mailboxes) {
      const planned = table.mailboxes[mailbox]!;
      const where = { mailbox, planned, others: others.get(mailbox) ?? new Set<number>() };
      await copyMailbox(job, work, staging, where, { source: open, target: target! });
      if (timeIsShort(job)) throw new OutOfTime('時間切れです。続きは次の呼び出しで行います。');
    }
    await work.finish();
  } finally {
    await work.keep();
    const closed = source?.then(
      (one) => one.close(),
      () => {},
    );
    await Promise.all([closed, target?.logout()]);
  }
}
