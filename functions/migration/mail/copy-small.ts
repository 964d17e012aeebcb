import { TransientError } from '../../case/errors.ts';
import { timeIsShort } from '../job.ts';
import { type Arena, borrowArena, returnArena } from './arena.ts';
import { batchBytes, batchesOf, batchMessages, type ReadMessage } from './batch.ts';
import { sha256 } from './canonical.ts';
import type { MailboxCopy } from './copy-mailbox.ts';
import { deliver } from './deliver.ts';
import type { MailLine, Result } from './lines.ts';
import { stageBatch, stagedBatches } from './stage-batch.ts';

/** Batches that are staged and stored while the next is read. */
const inFlight = 2;

/** Time is nearly used up: what was begun is finished and recorded, the rest is for the next call. */
export class OutOfTime extends TransientError {}

/** Delivers what earlier attempts staged, so that the source is not read again. */
export async function deliverStaged(
  copy: Omit<MailboxCopy, 'source'>,
  lines: readonly MailLine[],
): Promise<void> {
  const wanted = new Map(lines.map((line) => [line.uid!, line]));
  for await (const batch of stagedBatches(copy.staging, copy.mailbox)) {
    const messages = batch.flatMap(({ uid, body, sha256 }) => {
      const line = wanted.get(uid);
      wanted.delete(uid);
      return line ? [{ line, body, sha256, holdsNul: body.includes(0) }] : [];
    });
    if (messages.length === 0) continue;
    await copy.work.record(await deliver(copy.work, copy.target, copy.look, messages));
    if (timeIsShort(copy.job)) throw new OutOfTime('時間切れです。続きは次の呼び出しで行います。');
  }
}

/** Reads messages once, and stages and stores them while the next are read. */
export async function copySmall(copy: MailboxCopy, lines: readonly MailLine[]): Promise<void> {
  const byUid = new Map(lines.map((line) => [line.uid!, line]));
  const running = new Set<Promise<void>>();
  let failure: Error | undefined;
  let arena = borrowArena();
  let batch: ReadMessage[] = [];
  let bytes = 0;
  const flush = async () => {
    if (batch.length === 0) return;
    const full = arena;
    arena = borrowArena();
    const work = stageAndDeliver(copy, batch, full)
      .then(
        (stored) => {
          // After a refusal its bytes may still be on their way.
          if (stored) returnArena(full);
        },
        (error: Error) => {
          failure ??= error;
        },
      )
      .finally(() => running.delete(work));
    running.add(work);
    batch = [];
    bytes = 0;
    if (running.size >= inFlight) await Promise.race(running);
    if (failure) throw failure;
    if (timeIsShort(copy.job)) throw new OutOfTime('時間切れです。続きは次の呼び出しで行います。');
  };
  const batches = batchesOf(lines, copy.work.state.failures);
  try {
    const gone = await copy.source.read(
      batches.map((one) => one.map((line) => line.uid!)),
      async (uid, body) => {
        batch.push({ line: byUid.get(uid)!, body, sha256: sha256(body) });
        bytes += body.length;
        if (copy.job.throttle?.limited) await copy.job.throttle.take(body.length);
        if (bytes >= batchBytes || batch.length >= Math.min(batchMessages, batches[0]!.length)) await flush();
      },
      (size) => arena.allocate(size),
    );
    await flush();
    await Promise.all(running);
    if (failure) throw failure;
    await copy.work.record([...gone].map((uid) => vanished(copy.mailbox, uid)));
    returnArena(arena);
  } catch (error) {
    // What was read whole before the source broke off is not read again.
    if (batch.length > 0 && !failure && !(error instanceof OutOfTime))
      await stageAndDeliver(copy, batch, arena);
    throw error;
  } finally {
    await Promise.all(running);
  }
}

/** True when every message was stored, so that nothing needs the arena any more. */
async function stageAndDeliver(
  copy: MailboxCopy,
  batch: readonly ReadMessage[],
  arena: Arena,
): Promise<boolean> {
  const staged = stageBatch(copy.staging, copy.mailbox, batch, arena.sealed);
  staged.catch(() => {});
  const messages = batch.map((message) => ({ ...message, holdsNul: message.body.includes(0) }));
  try {
    const results = await deliver(copy.work, copy.target, copy.look, messages);
    await copy.work.record(results);
    return results.every((result) => result.outcome !== 'skipped');
  } finally {
    await staged;
  }
}

export function vanished(mailbox: number, uid: number): Result {
  return { mailbox, uid, outcome: 'skipped', why: '一覧の作成後に移行元からなくなりました' };
}
