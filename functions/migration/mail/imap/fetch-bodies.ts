import type { Completion, ImapConnection } from './connection.ts';
import { ImapRefusedError, UnreadableError } from './errors.ts';
import { fetchList, itemsOf } from './fetch-list.ts';
import { numberOf, textOf } from './values.ts';

/**
 * Whole messages in memory, several commands in flight. `take` gets each wanted message once, whatever the server
 * repeats, reorders or adds, and is awaited before more is read. Returns the UIDs that are gone. Throws UnreadableError when
 * all was taken that came and the server refused, or left out, what it still has.
 */
export async function fetchBodies(
  connection: ImapConnection,
  batches: readonly (readonly number[])[],
  take: (uid: number, body: Buffer) => void | Promise<void>,
  allocate?: (size: number) => Buffer,
): Promise<Set<number>> {
  const wanted = new Set(batches.flat());
  const data = async ({ name, values }: { name: string; values: Parameters<typeof itemsOf>[0] }) => {
    if (name !== 'FETCH') return;
    const items = itemsOf(values);
    const body = items.get('BODY[]');
    const uid = numberOf(items.get('UID'));
    // Of a message that was removed a moment ago, or cannot be read, Dovecot gives NIL and says OK.
    if (uid === undefined || body === undefined || body === null || !wanted.delete(uid)) return;
    await take(uid, Buffer.isBuffer(body) ? body : Buffer.from(textOf(body) ?? '', 'latin1'));
  };
  const inFlight = 3;
  let refusal = '';
  const running: Promise<unknown>[] = [];
  for (const batch of batches) {
    if (batch.length === 0) continue;
    const command = connection.run('UID FETCH', [` ${uidSet(batch)} (UID BODY.PEEK[])`], {
      data,
      ...(allocate && { allocate }),
    });
    const ended = unlessRefused(command, (answer) => {
      refusal = answer;
    });
    // Of several in flight the first that fails is awaited.
    ended.catch(() => {});
    running.push(ended);
    if (running.length >= inFlight) await running.shift();
  }
  for (const one of running) await one;
  await checkGone(connection, [...wanted], refusal);
  return wanted;
}

/** A refusal concerns some message of a command: the others of it may have come, and those of other commands come. */
async function unlessRefused(command: Promise<Completion>, refused: (answer: string) => void): Promise<void> {
  try {
    await command;
  } catch (error) {
    if (!(error instanceof ImapRefusedError)) throw error;
    refused(error.answer || error.status);
  }
}

/** Throws UnreadableError when one of these is still there. */
async function checkGone(
  connection: ImapConnection,
  uids: readonly number[],
  refusal: string,
): Promise<void> {
  const wanted = new Set(uids);
  const there = new Set<number>();
  for (let at = 0; at < uids.length; at += 500) {
    const set = uidSet(uids.slice(at, at + 500).sort((a, b) => a - b));
    await fetchList(connection, 'UID FETCH', set, '(UID)', ({ uid }) => {
      if (wanted.has(uid)) there.add(uid);
    });
  }
  if (there.size === 0) return;
  const why = refusal ? `読み取りを断りました: ${refusal}` : '本文を返しません';
  throw new UnreadableError(
    `メールサーバーがメール${there.size}通の${why}。移行済みの分は保持されています。`,
  );
}

/** One message of any size, in pieces. False when it is gone; throws as fetchBodies does. `take` may leave off early. */
export async function fetchLarge(
  connection: ImapConnection,
  uid: number,
  take: (size: number, body: AsyncIterable<Buffer>) => Promise<void>,
): Promise<boolean> {
  let taken = false;
  const once = async (size: number, body: AsyncIterable<Buffer>) => {
    if (taken) return;
    taken = true;
    await take(size, body);
  };
  let refusal = '';
  const command = connection.run('UID FETCH', [` ${uid} (UID BODY.PEEK[])`], {
    large: once,
    data: async ({ name, values }) => {
      if (name !== 'FETCH') return;
      const items = itemsOf(values);
      const body = items.get('BODY[]');
      if (numberOf(items.get('UID')) !== uid || (!Buffer.isBuffer(body) && typeof body !== 'string')) return;
      const bytes = Buffer.isBuffer(body) ? body : Buffer.from(body, 'latin1');
      await once(
        bytes.length,
        (async function* () {
          yield bytes;
        })(),
      );
    },
  });
  await unlessRefused(command, (answer) => {
    refusal = answer;
  });
  if (!taken) await checkGone(connection, [uid], refusal);
  return taken;
}

/** `1:4,7` from ascending UIDs. */
export function uidSet(uids: readonly number[]): string {
  const ranges: string[] = [];
  for (let at = 0; at < uids.length; ) {
    let end = at;
    while (end + 1 < uids.length && uids[end + 1] === uids[end]! + 1) end++;
    ranges.push(end === at ? `${uids[at]}` : `${uids[at]}:${uids[end]}`);
    at = end + 1;
  }
  return ranges.join(',');
}
