import type { ImapConnection } from './connection.ts';
import { ImapRefusedError } from './errors.ts';
import { mailboxPart, type WireName } from './mailbox-name.ts';

/** Makes a mailbox; one that is there already is no error. Returns why the server refused, or undefined. */
export async function createMailbox(connection: ImapConnection, name: WireName): Promise<string | undefined> {
  try {
    await connection.run('CREATE', [' ', mailboxPart(name)]);
  } catch (error) {
    if (!(error instanceof ImapRefusedError)) throw error;
    const there =
      error.code === 'ALREADYEXISTS' || /\balready exists\b|^(mailbox|folder) exists\b/i.test(error.answer);
    if (!there) return error.answer || error.status;
  }
  return undefined;
}

/** Returns why the server refused, or undefined. */
export async function subscribe(connection: ImapConnection, name: WireName): Promise<string | undefined> {
  try {
    await connection.run('SUBSCRIBE', [' ', mailboxPart(name)]);
  } catch (error) {
    if (!(error instanceof ImapRefusedError)) throw error;
    return error.answer || error.status;
  }
  return undefined;
}
