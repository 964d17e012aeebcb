import type { ImapConnection } from './imap/connection.ts';
import { uidSet } from './imap/fetch-bodies.ts';
import { everything, fetchList, type Listed } from './imap/fetch-list.ts';

export type TargetMessage = Omit<Listed, 'uid'>;

/** What the target says of these messages of the selected folder; those that it does not have are absent. */
export async function listTarget(
  target: ImapConnection,
  uids: readonly number[],
): Promise<ReadonlyMap<number, TargetMessage>> {
  const wanted = new Set(uids);
  const ascending = [...wanted].sort((a, b) => a - b);
  const there = new Map<number, TargetMessage>();
  for (let at = 0; at < ascending.length; at += 1000) {
    const set = uidSet(ascending.slice(at, at + 1000));
    await fetchList(target, 'UID FETCH', set, everything, ({ uid, ...message }) => {
      if (wanted.has(uid)) there.set(uid, message);
    });
  }
  return there;
}
