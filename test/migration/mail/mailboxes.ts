import { sha256 } from '../../../functions/migration/mail/canonical.ts';
import { append } from '../../../functions/migration/mail/imap/append.ts';
import type { ImapConnection } from '../../../functions/migration/mail/imap/connection.ts';
import { createMailbox, subscribe } from '../../../functions/migration/mail/imap/create.ts';
import { fetchBodies } from '../../../functions/migration/mail/imap/fetch-bodies.ts';
import { everything, fetchList } from '../../../functions/migration/mail/imap/fetch-list.ts';
import { listMailboxes } from '../../../functions/migration/mail/imap/list.ts';
import { readableName, wireName } from '../../../functions/migration/mail/imap/mailbox-name.ts';
import { selectMailbox } from '../../../functions/migration/mail/imap/select.ts';
import { secondsOf } from '../../../functions/migration/mail/lines.ts';

export interface Seed {
  body: Buffer | string;
  flags?: string[];
  date?: string;
}

/** Fills a folder; the name is a person's, with the prefix and separator of the server. */
export async function fill(connection: ImapConnection, name: string, seeds: readonly Seed[]): Promise<void> {
  const wire = wireName(connection, name);
  if (name !== 'INBOX') {
    await createMailbox(connection, wire);
    await subscribe(connection, wire);
  }
  for (let at = 0; at < seeds.length; at += 50) {
    await append(
      connection,
      wire,
      seeds.slice(at, at + 50).map(({ body, flags = [], date = '' }) => {
        const bytes = Buffer.isBuffer(body) ? body : Buffer.from(body);
        return { body: bytes, flags, date, eight: bytes.includes(0) };
      }),
    );
  }
}

/** One message as it counts: content, flags, instant. Sorted, so that two servers can be compared. */
export async function contents(connection: ImapConnection): Promise<Record<string, string[]>> {
  const all: Record<string, string[]> = {};
  for (const mailbox of await listMailboxes(connection)) {
    if (mailbox.attributes.some((one) => one === '\\noselect' || one === '\\nonexistent')) continue;
    const { exists } = await selectMailbox(connection, mailbox.name, 'EXAMINE');
    const messages = new Map<number, string>();
    if (exists > 0) {
      await fetchList(connection, 'FETCH', '1:*', everything, ({ uid, flags, date }) => {
        messages.set(uid, `${[...flags].sort().join(' ')} ${secondsOf(date)}`);
      });
    }
    const lines: string[] = [];
    const uids = [...messages.keys()];
    const batches = Array.from({ length: Math.ceil(uids.length / 50) }, (_, at) =>
      uids.slice(at * 50, at * 50 + 50),
    );
    await fetchBodies(connection, batches, (uid, body) => {
      lines.push(`${sha256(body)} ${messages.get(uid)}`);
    });
    all[readableName(connection, mailbox.name)] = lines.sort();
  }
  return all;
}

/** The same folders without the prefix, with `/` between levels. */
export function bare(
  all: Record<string, string[]>,
  prefix: string,
  separator: string,
): Record<string, string[]> {
  return Object.fromEntries(
    Object.entries(all).map(([name, lines]) => [
      (name.startsWith(prefix) ? name.slice(prefix.length) : name).replaceAll(separator, '/'),
      lines,
    ]),
  );
}

/** A mail of about `size` bytes that no other number gives. */
export function letter(number: number, size = 2000): Buffer {
  const line = `${number.toString(36).padStart(8, '0').repeat(9)}\r\n`;
  const header = `From: taro@example.jp\r\nSubject: =?UTF-8?B?${Buffer.from(`件名 ${number}`).toString('base64')}?=\r\nMessage-ID: <${number}@example.jp>\r\n\r\n`;
  return Buffer.from(header + line.repeat(Math.max(1, Math.ceil((size - header.length) / line.length))));
}
