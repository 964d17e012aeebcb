import type { ImapConnection } from './connection.ts';
import { ImapRefusedError } from './errors.ts';
import type { WireName } from './mailbox-name.ts';
import { listOf, textOf, type Value } from './values.ts';

export interface Mailbox {
  name: WireName;
  /** One character; '' when the names have no levels. */
  separator: string;
  /** Lower case: `\noselect`, `\sent`. */
  attributes: string[];
  subscribed: boolean;
}

/** It can be opened; others are but levels of names. */
export const holdsMail = ({ attributes }: Mailbox) =>
  !attributes.includes('\\noselect') && !attributes.includes('\\nonexistent');

export interface Namespace {
  prefix: WireName;
  separator: string;
}

/** More folders than this are a mistake or an attack. */
export const mostMailboxes = 100_000;

/** Every mailbox that the log-in sees, with its special use and subscription where the server tells. */
export async function listMailboxes(connection: ImapConnection): Promise<Mailbox[]> {
  const found = new Map<WireName, Mailbox>();
  const can = connection.capabilities;
  const extended = can.has('LIST-EXTENDED');
  // IMAP4rev2 tells the special use without being asked, and knows no such option.
  const returns = can.has('SPECIAL-USE') ? 'SUBSCRIBED SPECIAL-USE' : 'SUBSCRIBED';
  const take = (name: string) => ({
    data: (data: { name: string; values: Value[] }) => {
      if (data.name !== name) return;
      const mailbox = mailboxOf(data.values);
      if (!mailbox) return;
      const known = found.get(mailbox.name);
      if (name === 'LSUB') {
        if (known) known.subscribed = true;
      } else found.set(mailbox.name, known ? { ...mailbox, subscribed: known.subscribed } : mailbox);
    },
    most: mostMailboxes,
  });
  if (extended) {
    await connection.run('LIST', [` "" "*" RETURN (${returns})`], take('LIST'));
  } else {
    await connection.run('LIST', [' "" "*"'], take('LIST'));
    await connection.run('LSUB', [' "" "*"'], take('LSUB'));
  }
  return [...found.values()];
}

function mailboxOf(values: Value[]): Mailbox | undefined {
  const name = textOf(values[2]);
  if (name === undefined) return undefined;
  const attributes = listOf(values[0]).map((value) => (textOf(value) ?? '').toLowerCase());
  return {
    name: /^inbox$/i.test(name) ? 'INBOX' : name,
    separator: textOf(values[1])?.slice(0, 1) ?? '',
    attributes,
    subscribed: attributes.includes('\\subscribed'),
  };
}

/** The personal namespace and the prefixes of what belongs to others (RFC 2342); by the look of the names without it. */
export async function namespaces(
  connection: ImapConnection,
  mailboxes: readonly Mailbox[],
): Promise<{ personal: Namespace; foreign: Namespace[] }> {
  let answer: Value[] | undefined;
  if (connection.capabilities.has('NAMESPACE')) {
    try {
      await connection.run('NAMESPACE', [], {
        data: (data) => {
          if (data.name === 'NAMESPACE') answer = data.values;
        },
      });
    } catch (error) {
      if (!(error instanceof ImapRefusedError)) throw error;
    }
  }
  const [personal, others, shared] = (answer ?? []).map((part) => listOf(part).flatMap(namespaceOf));
  if (personal?.[0]) {
    return {
      personal: personal[0],
      foreign: [...(others ?? []), ...(shared ?? [])].filter((one) => one.prefix !== ''),
    };
  }
  const rest = mailboxes.filter((one) => one.name !== 'INBOX');
  const separator = rest.find((one) => one.separator)?.separator ?? '/';
  const prefix = `INBOX${separator}`;
  const below = rest.length > 0 && rest.every((one) => one.name.toUpperCase().startsWith(prefix));
  return { personal: { prefix: below ? prefix : '', separator }, foreign: [] };
}

function namespaceOf(value: Value): Namespace[] {
  const [prefix, separator] = listOf(value).map(textOf);
  return prefix === undefined ? [] : [{ prefix, separator: separator?.slice(0, 1) ?? '' }];
}
