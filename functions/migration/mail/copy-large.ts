import { timeIsShort } from '../job.ts';
import type { MailboxCopy } from './copy-mailbox.ts';
import { OutOfTime, vanished } from './copy-small.ts';
import { deliver } from './deliver.ts';
import type { MailLine } from './lines.ts';
import { type LargeMessage, stagedLarge, stageLarge } from './stage-large.ts';

/** Moves one message of any size: staged in parts while it is read, stored from there. */
export async function copyLarge(copy: MailboxCopy, line: MailLine): Promise<void> {
  const { staging, mailbox, work } = copy;
  const uid = line.uid!;
  let message = await stagedLarge(staging, mailbox, uid);
  if (!message) {
    const read = await copy.source.readLarge(uid, async (_, body) => {
      message = await stageLarge(staging, mailbox, uid, slowly(copy.job, body));
    });
    if (!read || !message) return work.record([vanished(mailbox, uid)]);
  }
  const { identity, holdsNul, pieces } = message as LargeMessage;
  const body = { size: identity.size, pieces };
  const delivered = { line, body, sha256: identity.sha256, holdsNul, sought: identity };
  await work.record(await deliver(work, copy.target, copy.look, [delivered]));
  if (timeIsShort(copy.job)) throw new OutOfTime('時間切れです。続きは次の呼び出しで行います。');
}

async function* slowly(
  { throttle }: MailboxCopy['job'],
  body: AsyncIterable<Buffer>,
): AsyncGenerator<Buffer> {
  for await (const piece of body) {
    await throttle?.take(piece.length);
    yield piece;
  }
}
