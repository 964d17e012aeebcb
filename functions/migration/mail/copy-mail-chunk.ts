import { setTimeout as wait } from 'node:timers/promises';
import { RetryAfterError, TerminalError, TransientError } from '../../case/errors.ts';
import { dataKey } from '../data-key.ts';
import { timeIsShort } from '../job.ts';
import { readJson, writeJson } from '../ndjson.ts';
import { type Plan, readPlan } from '../plan-chunks.ts';
import { ChunkWork, TakenOverError } from './chunk-work.ts';
import type { ChunkRow } from './chunk-writer.ts';
import { copyMailbox } from './copy-mailbox.ts';
import { OutOfTime } from './copy-small.ts';
import { firstUids } from './first-uids.ts';
import { AccountRefusedError, ImapProtocolError } from './imap/errors.ts';
import type { MailJob } from './job.ts';
import * as keys from './keys.ts';
import { readTable } from './mailbox-table.ts';
import { OpenEnds } from './open-ends.ts';
import { Turn } from './turn.ts';
import { waitForOther } from './wait-for-other.ts';

/** Attempts in one call, one after the other, that may fail without moving anything. */
const mostAttempts = 10;
/** Of these, attempts that a server does not let in: who goes on is shut out. */
const mostKnocks = 5;

/**
 * Moves one chunk of messages, or a row of them one after the other, in as many calls as it takes (`more`): read once,
 * staged, stored with flags and date, recorded. Calling it again, or twice at once, stores nothing twice: each attempt after
 * the first looks at the target before it stores, and verification settles what two runs did in the same moment. Throws
 * TransientError, RetryAfterError or TerminalError; what was moved is kept.
 */
export async function copyMailChunk(
  job: MailJob,
  { chunk, through = chunk }: ChunkRow,
  /** Messages at the target, by number of folder, that are known to be others. */
  others: ReadonlyMap<number, ReadonlySet<number>> = new Map(),
): Promise<{ more: boolean }> {
  const plan = await readPlan(job);
  if (!plan) throw new TerminalError('移行計画がありません。一覧の作成からやり直してください。');
  const turn = await Turn.begin(job, chunk);
  const ends = new OpenEnds(job, turn);
  try {
    if (!(await turn.comes())) return { more: true };
    for (let one = chunk; one <= through; one++) {
      if (one > chunk && timeIsShort(job)) return { more: true };
      if ((await copyInTurn(job, plan, one, others, turn, ends)).more) return { more: true };
    }
    return { more: false };
  } finally {
    await ends.close();
    await turn.end();
  }
}

async function copyInTurn(
  job: MailJob,
  plan: Plan,
  chunk: number,
  others: ReadonlyMap<number, ReadonlySet<number>>,
  turn: Turn,
  ends: OpenEnds,
): Promise<{ more: boolean }> {
  let knocks = 0;
  for (let attempts = 1; ; attempts++) {
    const work = await ChunkWork.begin(job, plan, chunk);
    if (!work) return { more: false };
    const before = work.results.size;
    const refusal = keys.refusedAccount(job, plan.id, work.lines[0]?.account ?? 0);
    try {
      const refused = await readJson<{ why: string }>(job.objects, refusal);
      if (refused) throw new AccountRefusedError(refused.why);
      await attempt(job, work, others, ends);
      return { more: false };
    } catch (error) {
      if (error instanceof OutOfTime) return { more: true };
      if (error instanceof TakenOverError || !(await work.isMine())) {
        await waitForOther(job, plan.id, chunk);
        if (timeIsShort(job)) return { more: true };
        continue;
      }
      const refused = ends.refusals.get(error);
      // Others of this run are inside: it may be one connection too many.
      const patience = error instanceof AccountRefusedError ? 1 : mostKnocks;
      if (refused?.shared && knocks < patience && mayBeTooMany(error)) {
        knocks++;
        if (!(await turn.comesLast())) return { more: true };
        continue;
      }
      // A password that was changed meanwhile is this account's trouble: the others go on, and the next run moves the rest.
      if (error instanceof AccountRefusedError) {
        // It is not tried again for the account's other chunks: servers shut out who goes on.
        await writeJson(job.objects, refusal, { why: error.message });
        await work.leaveOut(error.message);
        await work.finish();
        return { more: false };
      }
      const moved = work.results.size > before;
      if (!(await isWorthAnother(work, error, refused !== undefined, moved))) throw error;
      if (moved) attempts = knocks = 0;
      if (timeIsShort(job)) return { more: true };
      if (refused && ++knocks >= mostKnocks) throw error;
      if (attempts >= mostAttempts) throw error;
      const pause = refused ? 1000 * 2 ** knocks : 20 * 2 ** attempts;
      await wait(moved ? 0 : Math.min(pause, job.pauseMs ?? 30_000));
    }
  }
}

/** A server that has no room for one more says so, breaks off, or refuses the log-in; a wrong password is none of these. */
function mayBeTooMany(error: unknown): boolean {
  if (error instanceof AccountRefusedError)
    return error.code !== undefined && error.code !== 'AUTHENTICATIONFAILED';
  return error instanceof RetryAfterError || error instanceof TransientError;
}

/** A broken connection or answer: the next attempt reads and stores less at once. */
async function isWorthAnother(
  work: ChunkWork,
  error: unknown,
  shutOut: boolean,
  moved: boolean,
): Promise<boolean> {
  if (error instanceof RetryAfterError) return false;
  if (!(error instanceof TransientError) && !(error instanceof ImapProtocolError)) return false;
  if (moved) work.state.failures = Math.max(0, work.state.failures - 1);
  else if (work.reached && !shutOut) work.state.failures++;
  if (work.state.alone) work.state.alone.error = error.message;
  await work.save();
  return true;
}

async function attempt(
  job: MailJob,
  work: ChunkWork,
  others: ReadonlyMap<number, ReadonlySet<number>>,
  ends: OpenEnds,
): Promise<void> {
  const mailboxes = work.pendingMailboxes();
  const account = work.lines[0]?.account ?? 0;
  const table = await readTable(job, work.plan, account);
  const staging = {
    job,
    dataKey: await dataKey(job.vault, job.caseId),
    plan: work.plan,
    chunk: work.chunk,
    runner: work.runner,
  };
  // Later attempts, and changed marks, may need no source.
  const reads = work.first && mailboxes.some((one) => work.pending(one).some(({ change }) => !change));
  try {
    if (mailboxes.length > 0) {
      await ends.of(account);
      const [target] = await Promise.all([ends.target(), reads && ends.source()]);
      const wires = mailboxes.map((mailbox) => ({ mailbox, wire: table.mailboxes[mailbox]!.target! }));
      work.from = await firstUids(job, work.plan, work.chunk, target, wires);
      work.reached = true;
      for (const mailbox of mailboxes) {
        const planned = table.mailboxes[mailbox]!;
        const where = { mailbox, planned, others: others.get(mailbox) ?? new Set<number>() };
        await copyMailbox(job, work, staging, where, { source: () => ends.source(), target });
        if (timeIsShort(job)) throw new OutOfTime('時間切れです。続きは次の呼び出しで行います。');
      }
    }
    await work.finish();
  } catch (error) {
    await work.keep();
    await ends.close();
    throw error;
  }
}
