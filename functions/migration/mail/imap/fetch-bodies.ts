import type { ImapConnection } from './connection.ts';
import { itemsOf } from './fetch-list.ts';
import { numberOf, textOf } from './values.ts';

/**
 * Whole messages in memory, several commands in flight. `take` gets each wanted message once, whatever the server
 * repeats, reorders or adds, and is awaited before more is read. Returns the UIDs that did not come: they are gone.
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
    if (uid === undefined || body === undefined || !wanted.delete(uid)) return;
    await take(uid, Buffer.isBuffer(body) ? body : Buffer.from(textOf(body) ?? '', 'latin1'));
  };
  const inFlight = 3;
  const running: Promise<unknown>[] = [];
  for (const batch of batches) {
    if (batch.length === 0) continue;
    running.push(
      connection.run('UID FETCH', [` ${uidSet(batch)} (UID BODY.PEEK[])`], {
        data,
        ...(allocate && { allocate }),
      }),
    );
    if (running.length >= inFlight) await running.shift();
  }
  for (const one of running) await one;
  return wanted;
}

/** One message of any size, in pieces. False when it does not exist. `take` may leave off early. */
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
  await connection.run('UID FETCH', [` ${uid} (UID BODY.PEEK[])`], {
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
