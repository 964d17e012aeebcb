import { TransientError } from '../../case/errors.ts';
import type { ImapConnection } from './imap/connection.ts';
import { ImapRefusedError } from './imap/errors.ts';
import { fetchBodies, fetchLarge } from './imap/fetch-bodies.ts';
import { everything, fetchList, type Listed } from './imap/fetch-list.ts';
import { listMailboxes, namespaces } from './imap/list.ts';
import { readableName } from './imap/mailbox-name.ts';
import { staySelected } from './imap/select.ts';
import { statusOf } from './imap/status.ts';
import type { MailSource } from './source.ts';

/** Messages listed by one command. Old servers open each of them to count its bytes. */
const window = 5000;

export class ImapSource implements MailSource {
  readonly #connection: ImapConnection;
  #exists = 0;
  /** See ImapConnection. */
  #removals = 0;

  constructor(connection: ImapConnection) {
    this.#connection = connection;
  }

  async mailboxes() {
    const mailboxes = await listMailboxes(this.#connection);
    return { mailboxes, ...(await namespaces(this.#connection, mailboxes)) };
  }

  readable(name: string): string {
    return readableName(this.#connection, name);
  }

  status(names: readonly string[]) {
    return statusOf(this.#connection, names);
  }

  async open(name: string) {
    const mailbox = await staySelected(this.#connection, name, 'EXAMINE');
    this.#exists = mailbox.exists;
    this.#removals = this.#connection.removals;
    return mailbox;
  }

  /**
   * By sequence numbers, so that gaps between UIDs cost nothing. Throws TransientError when messages are left out, or go
   * meanwhile.
   */
  async *list(after: number): AsyncGenerator<Listed[]> {
    let last = after;
    const first = after === 0 ? 1 : await this.#firstAfter(after);
    for (let from = first; from <= this.#exists; from += window) {
      const to = Math.min(from + window - 1, this.#exists);
      const found = new Map<number, Listed>();
      const listing = fetchList(
        this.#connection,
        'FETCH',
        `${from}:${to}`,
        everything,
        (message, sequence) => {
          // Each number of the window once: what else comes is repeated, or was not asked for.
          if (sequence >= from && sequence <= to && message.uid > last) found.set(sequence, message);
        },
      );
      // BAD: there are not so many any more.
      await listing.catch((error: Error) => {
        if (!(error instanceof ImapRefusedError) || error.status === 'NO') throw error;
      });
      if (found.size < to - from + 1 || this.#connection.removals !== this.#removals) {
        throw new TransientError(
          '移行元のメールサーバーが一覧を最後まで返しませんでした。もう一度一覧を取得します。',
        );
      }
      const messages = [...found.values()].sort((a, b) => a.uid - b.uid);
      last = messages.at(-1)!.uid;
      yield messages;
    }
  }

  read(
    batches: readonly (readonly number[])[],
    take: (uid: number, body: Buffer) => void | Promise<void>,
    allocate?: (size: number) => Buffer,
  ) {
    return fetchBodies(this.#connection, batches, take, allocate);
  }

  readLarge(uid: number, take: (size: number, body: AsyncIterable<Buffer>) => Promise<void>) {
    return fetchLarge(this.#connection, uid, take);
  }

  close(): Promise<void> {
    return this.#connection.logout();
  }

  /** The sequence number of the first message above a UID; beyond the last when there is none. */
  async #firstAfter(uid: number): Promise<number> {
    let first = this.#exists + 1;
    if (this.#exists === 0) return first;
    await fetchList(this.#connection, 'UID FETCH', `${uid + 1}:*`, '(UID)', (message, sequence) => {
      if (message.uid > uid) first = Math.min(first, sequence);
    });
    return first;
  }
}
