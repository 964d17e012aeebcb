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
  await connection.run(mode, [' ', mailboxPart(name)], {
    data: ({ name, number, values }) => {
      if (name === 'EXISTS') mailbox.exists = number ?? 0;
      else if (name === 'UIDVALIDITY') mailbox.uidValidity = numberOf(values[0]) ?? 0;
      else if (name === 'UIDNEXT') mailbox.uidNext = numberOf(values[0]) ?? 0;
      else if (name === 'PERMANENTFLAGS') mailbox.permanentFlags = flagsOf(values);
    },
  });
  return mailbox;
}

/** A response code is kept as words: `(\Seen`, `\*)`. */
function flagsOf(values: readonly unknown[]): string[] {
  return values.map((value) => String(value).replace(/^\(|\)$/g, '')).filter(Boolean);
}

export function flagList(value: Parameters<typeof listOf>[0]): string[] {
  return listOf(value).flatMap((one) => textOf(one) ?? []);
}
