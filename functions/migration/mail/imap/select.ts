import type { ImapConnection } from './connection.ts';
import { mailboxPart, type WireName } from './mailbox-name.ts';
import { listOf, numberOf, textOf } from './values.ts';

export interface SelectedMailbox {
  exists: number;
  uidValidity: number;
  /** 0 when the server does not say. */
  uidNext: number;
  /** Flags that can be set for good; undefined when the server does not say. `\*` is any keyword. */
  permanentFlags: string[] | undefined;
}

/** EXAMINE: nothing at the server changes, not even \Recent. SELECT: to be written to. */
export async function selectMailbox(
  connection: ImapConnection,
  name: WireName,
  mode: 'EXAMINE' | 'SELECT',
): Promise<SelectedMailbox> {
  const mailbox: SelectedMailbox = { exists: 0, uidValidity: 0, uidNext: 0, permanentFlags: undefined };
  present.delete(connection);
  await connection.run(mode, [' ', mailboxPart(name)], {
    data: ({ name, number, values }) => {
      if (name === 'EXISTS') mailbox.exists = number ?? 0;
      else if (name === 'UIDVALIDITY') mailbox.uidValidity = numberOf(values[0]) ?? 0;
      else if (name === 'UIDNEXT') mailbox.uidNext = numberOf(values[0]) ?? 0;
      else if (name === 'PERMANENTFLAGS') mailbox.permanentFlags = flagsOf(values);
    },
  });
  present.set(connection, { name, mode, mailbox, removals: connection.removals });
  return mailbox;
}

const present = new WeakMap<
  ImapConnection,
  { name: WireName; mode: string; mailbox: SelectedMailbox; removals: number }
>();

/**
 * As selectMailbox, but one that is open already stays so: a server reads its list of messages anew each time, which in a
 * folder of 150,000 takes longer than all that is then asked for. New mail is told in the answer to NOOP.
 */
export async function staySelected(
  connection: ImapConnection,
  name: WireName,
  mode: 'EXAMINE' | 'SELECT',
): Promise<SelectedMailbox> {
  const now = present.get(connection);
  const asBefore = now?.name === name && now.mode === mode && now.removals === connection.removals;
  // What was empty may have been announced to another command since.
  if (!asBefore || now.mailbox.exists === 0) return selectMailbox(connection, name, mode);
  await connection.run('NOOP', [], {
    data: ({ name, number }) => {
      if (name === 'EXISTS') now.mailbox.exists = number ?? 0;
    },
  });
  if (now.removals !== connection.removals) return selectMailbox(connection, name, mode);
  return now.mailbox;
}

/** A response code is kept as words: `(\Seen`, `\*)`. */
function flagsOf(values: readonly unknown[]): string[] {
  return values.map((value) => String(value).replace(/^\(|\)$/g, '')).filter(Boolean);
}

export function flagList(value: Parameters<typeof listOf>[0]): string[] {
  return listOf(value).flatMap((one) => textOf(one) ?? []);
}
