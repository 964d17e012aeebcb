import type { ImapConnection } from './connection.ts';
import { ImapRefusedError } from './errors.ts';
import { listOf, numberOf, textOf } from './values.ts';

/** Bytes left for the mailbox's owner (RFC 9208); undefined when there is no limit or the server does not tell. */
export async function quotaLeft(connection: ImapConnection): Promise<number | undefined> {
  if (!connection.capabilities.has('QUOTA')) return undefined;
  let left: number | undefined;
  try {
    await connection.run('GETQUOTAROOT', [' "INBOX"'], {
      data: ({ name, values }) => {
        if (name !== 'QUOTA') return;
        const triples = listOf(values[1]);
        for (let at = 0; at + 2 < triples.length; at += 3) {
          if (textOf(triples[at])?.toUpperCase() !== 'STORAGE') continue;
          const kibibytes = (numberOf(triples[at + 2]) ?? 0) - (numberOf(triples[at + 1]) ?? 0);
          left = Math.min(left ?? Number.POSITIVE_INFINITY, Math.max(0, kibibytes) * 1024);
        }
      },
    });
  } catch (error) {
    if (!(error instanceof ImapRefusedError)) throw error;
  }
  return left;
}
