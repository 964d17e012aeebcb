import { isSmall } from './batch.ts';
import { identify } from './canonical.ts';
import { copyLarge } from './copy-large.ts';
import type { MailboxCopy } from './copy-mailbox.ts';
import { copySmall } from './copy-small.ts';
import { type Delivered, deliver } from './deliver.ts';
import { dated } from './header-date.ts';
import { type MailLine, secondsOf } from './lines.ts';
import { stagedBatches } from './stage-batch.ts';

/** Attempts for one message alone before it is left out. */
const mostTries = 3;

/**
 * Something in this folder breaks the connection again and again. The message that does is found by handling each alone;
 * after three tries it is left out, with the reason, and the rest goes on.
 */
export async function copyAlone(copy: MailboxCopy, lines: readonly MailLine[]): Promise<void> {
  for (const line of lines) {
    const tries = await begin(copy, line);
    if (tries >= mostTries) await leaveOut(copy, line);
    // Whatever the size: a message whose announced size is wrong is read in pieces.
    else if (isSmall(line) && tries === 0) await copySmall(copy, [line]);
    else await copyLarge(copy, line);
  }
}

/** The same for messages that were read already. */
export async function deliverStagedAlone(
  copy: Omit<MailboxCopy, 'source'>,
  lines: readonly MailLine[],
): Promise<void> {
  const wanted = new Map(lines.map((line) => [line.uid!, line]));
  for await (const batch of stagedBatches(copy.staging, copy.mailbox)) {
    for (const { uid, body, sha256 } of batch) {
      const line = wanted.get(uid);
      if (!line) continue;
      wanted.delete(uid);
      const message: Delivered = { line, body, sha256, holdsNul: body.includes(0) };
      if ((await begin(copy, line)) < mostTries)
        await copy.work.record(await deliver(copy.work, copy.target, copy.look, [message]));
      else if (await isThere(copy, message))
        await copy.work.record(await deliver(copy.work, copy.target, copy.look, [message]));
      else await leaveOut(copy, line);
    }
  }
}

/** Notes the try before it is made; returns how many there were. */
async function begin({ work, mailbox }: Omit<MailboxCopy, 'source'>, { uid }: MailLine): Promise<number> {
  const { alone } = work.state;
  const tries = alone?.mailbox === mailbox && alone.uid === uid ? alone.tries : 0;
  if (tries < mostTries) {
    const error = tries > 0 && alone?.error !== undefined ? { error: alone.error } : {};
    work.state.alone = { mailbox, uid: uid!, tries: tries + 1, ...error };
    await work.save();
  }
  return tries;
}

async function isThere({ look, work }: Omit<MailboxCopy, 'source'>, message: Delivered): Promise<boolean> {
  const { line, body } = await dated(message, work.since);
  return (
    (await look?.has({
      uid: line.uid!,
      seconds: secondsOf(line.date),
      identity: await identify([body as Uint8Array]),
    })) ?? false
  );
}

async function leaveOut({ work, mailbox }: Omit<MailboxCopy, 'source'>, { uid }: MailLine): Promise<void> {
  const why = `${mostTries}回試しても移せません: ${work.state.alone?.error ?? '接続が切れます'}`;
  await work.record([{ mailbox, uid: uid!, outcome: 'skipped', why }]);
}
