import type { ImapConnection, Part } from './connection.ts';
import { ImapRefusedError } from './errors.ts';
import { mostMailboxes } from './list.ts';
import { mailboxPart, type WireName } from './mailbox-name.ts';
import { listOf, numberOf, textOf, type Value } from './values.ts';

export interface MailboxStatus {
  messages: number;
  uidNext: number;
  uidValidity: number;
  /** 0 when the server has no CONDSTORE (RFC 7162), or not for this mailbox. */
  highestModSeq: number;
}

/** From so many mailboxes on, one command that tells of every mailbox costs less than one for each. */
const many = 50;

/** Commands sent before the first answer is waited for. */
const inFlight = 32;

/** The state of each mailbox, without opening it; undefined for one that the server does not give. */
export async function statusOf(
  connection: ImapConnection,
  names: readonly WireName[],
): Promise<(MailboxStatus | undefined)[]> {
  const modSeq = connection.capabilities.has('CONDSTORE') || connection.capabilities.has('QRESYNC');
  const items = `STATUS (MESSAGES UIDNEXT UIDVALIDITY${modSeq ? ' HIGHESTMODSEQ' : ''})`;
  const found = new Map<WireName, MailboxStatus>();
  if (connection.capabilities.has('LIST-STATUS') && names.length >= many)
    await ask(connection, 'LIST', [` "" "*" RETURN (${items})`], found);
  const rest = names.filter((name) => !found.has(name));
  for (let at = 0; at < rest.length; at += inFlight) {
    const group = rest.slice(at, at + inFlight);
    await Promise.all(
      group.map((name) => ask(connection, 'STATUS', [' ', mailboxPart(name), items.slice(6)], found, name)),
    );
  }
  return names.map((name) => found.get(name));
}

/** Without a name the answers say whose they are (RFC 5819). */
async function ask(
  connection: ImapConnection,
  command: string,
  parts: readonly Part[],
  found: Map<WireName, MailboxStatus>,
  asked?: WireName,
): Promise<void> {
  try {
    await connection.run(command, parts, {
      data: ({ name, values }) => {
        const mailbox = asked ?? textOf(values[0]);
        if (name === 'STATUS' && mailbox !== undefined) found.set(mailbox, stateOf(listOf(values[1])));
      },
      most: 2 * mostMailboxes,
    });
  } catch (error) {
    if (!(error instanceof ImapRefusedError)) throw error;
  }
}

function stateOf(pairs: readonly Value[]): MailboxStatus {
  const values = new Map<string, number>();
  for (let at = 0; at + 1 < pairs.length; at += 2)
    values.set((textOf(pairs[at]) ?? '').toUpperCase(), numberOf(pairs[at + 1]) ?? 0);
  return {
    messages: values.get('MESSAGES') ?? 0,
    uidNext: values.get('UIDNEXT') ?? 1,
    uidValidity: values.get('UIDVALIDITY') ?? 0,
    highestModSeq: values.get('HIGHESTMODSEQ') ?? 0,
  };
}
