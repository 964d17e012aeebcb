import type { ImapConnection } from './connection.ts';
import { ImapRefusedError } from './errors.ts';
import { mailboxPart, type WireName } from './mailbox-name.ts';
import { listOf, numberOf, textOf } from './values.ts';

export interface MailboxStatus {
  messages: number;
  uidNext: number;
  uidValidity: number;
  /** 0 when the server has no CONDSTORE (RFC 7162), or not for this mailbox. */
  highestModSeq: number;
}

/** The state of each mailbox, without opening it; undefined for one that the server does not give. Pipelined. */
export async function statusOf(
  connection: ImapConnection,
  names: readonly WireName[],
): Promise<(MailboxStatus | undefined)[]> {
  const modSeq = connection.capabilities.has('CONDSTORE') || connection.capabilities.has('QRESYNC');
  const items = ` (MESSAGES UIDNEXT UIDVALIDITY${modSeq ? ' HIGHESTMODSEQ' : ''})`;
  const inFlight = 32;
  const found: (MailboxStatus | undefined)[] = [];
  for (let at = 0; at < names.length; at += inFlight) {
    found.push(
      ...(await Promise.all(names.slice(at, at + inFlight).map((name) => status(connection, name, items)))),
    );
  }
  return found;
}

async function status(
  connection: ImapConnection,
  name: WireName,
  items: string,
): Promise<MailboxStatus | undefined> {
  const values = new Map<string, number>();
  try {
    await connection.run('STATUS', [' ', mailboxPart(name), items], {
      data: (data) => {
        if (data.name !== 'STATUS') return;
        const pairs = listOf(data.values[1]);
        for (let at = 0; at + 1 < pairs.length; at += 2) {
          values.set((textOf(pairs[at]) ?? '').toUpperCase(), numberOf(pairs[at + 1]) ?? 0);
        }
      },
    });
  } catch (error) {
    if (error instanceof ImapRefusedError) return undefined;
    throw error;
  }
  return {
    messages: values.get('MESSAGES') ?? 0,
    uidNext: values.get('UIDNEXT') ?? 1,
    uidValidity: values.get('UIDVALIDITY') ?? 0,
    highestModSeq: values.get('HIGHESTMODSEQ') ?? 0,
  };
}
