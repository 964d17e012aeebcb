import type { ImapConnection } from './connection.ts';
import { uidSet } from './fetch-bodies.ts';

/** Adds or removes flags of messages in the selected mailbox, up to 500 messages a command. */
export async function storeFlags(
  connection: ImapConnection,
  uids: readonly number[],
  change: '+' | '-',
  flags: readonly string[],
): Promise<void> {
  if (flags.length === 0) return;
  const ascending = [...uids].sort((a, b) => a - b);
  for (let at = 0; at < ascending.length; at += 500) {
    const set = uidSet(ascending.slice(at, at + 500));
    await connection.run('UID STORE', [` ${set} ${change}FLAGS.SILENT (${flags.join(' ')})`]);
  }
}
