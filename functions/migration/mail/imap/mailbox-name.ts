import type { ImapConnection, Part } from './connection.ts';
import { decodeMailboxName, encodeMailboxName } from './modified-utf7.ts';

/** A mailbox name as the server wrote it, one character a byte: what every command about the mailbox uses. */
export type WireName = string;

/** Quoted where that is safe everywhere, else a literal: names of broken servers hold raw 8-bit bytes. */
export function mailboxPart(wire: WireName): Part {
  if (/^[\x20\x21\x23-\x5b\x5d-\x7e]*$/.test(wire)) return `"${wire}"`;
  return { literal: Buffer.from(wire, 'latin1') };
}

export function readableName(connection: Pick<ImapConnection, 'utf8'>, wire: WireName): string {
  if (!/[\x80-\xff]/.test(wire)) return connection.utf8 ? wire : decodeMailboxName(wire);
  const bytes = Buffer.from(wire, 'latin1');
  for (const encoding of ['utf-8', 'shift_jis', 'euc-jp']) {
    try {
      return new TextDecoder(encoding, { fatal: true }).decode(bytes);
    } catch {
      // The next one may fit.
    }
  }
  return wire;
}

export function wireName(connection: Pick<ImapConnection, 'utf8'>, name: string): WireName {
  return connection.utf8 ? Buffer.from(name).toString('latin1') : encodeMailboxName(name);
}
