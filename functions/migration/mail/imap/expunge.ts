import type { ImapConnection } from './connection.ts';
import { uidSet } from './fetch-bodies.ts';
import { storeFlags } from './store.ts';

/**
 * Removes exactly these messages from the selected mailbox. Without UIDPLUS (RFC 4315) a server can only remove every
 * deleted message, other people's too: nothing is done then, and false is returned.
 */
export async function expunge(connection: ImapConnection, uids: readonly number[]): Promise<boolean> {
  if (!connection.capabilities.has('UIDPLUS')) return false;
  if (uids.length === 0) return true;
  await storeFlags(connection, uids, '+', ['\\Deleted']);
  await connection.run('UID EXPUNGE', [` ${uidSet([...uids].sort((a, b) => a - b))}`]);
  return true;
}
