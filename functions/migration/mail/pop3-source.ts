import { TerminalError } from '../../case/errors.ts';
import { UnreadableError } from './imap/errors.ts';
import type { Listed } from './imap/fetch-list.ts';
import type { Mailbox } from './imap/list.ts';
import { numberOfUidl, type Pop3Connection } from './pop3/connection.ts';
import type { MailSource } from './source.ts';

const longestList = 64 * 1024 * 1024;
const largestInMemory = 8 * 1024 * 1024;
const largest = 2 * 1024 ** 3;

/** A POP3 mailbox as one folder without flags and dates. Messages are known by their UIDL; nothing is ever deleted. */
export class Pop3Source implements MailSource {
  readonly #connection: Pop3Connection;
  /** UID -> message number of this session, and its size. */
  #messages: Map<number, { number: number; size: number }> | undefined;

  constructor(connection: Pop3Connection) {
    this.#connection = connection;
  }

  async mailboxes() {
    const inbox: Mailbox = { name: 'INBOX', separator: '', attributes: [], subscribed: true };
    return { mailboxes: [inbox], personal: { prefix: '', separator: '/' }, foreign: [] };
  }

  readable(name: string): string {
    return name;
  }

  /** What tells that nothing changed is not to be had without listing. */
  async status(names: readonly string[]) {
    return names.map(() => undefined);
  }

  async open() {
    const sizes = await this.#table('LIST');
    const ids = await this.#table('UIDL');
    this.#messages = new Map();
    for (const [number, uidl] of ids) {
      let uid = numberOfUidl(uidl);
      while (this.#messages.has(uid)) uid++;
      this.#messages.set(uid, { number, size: Number(sizes.get(number) ?? 0) || 0 });
    }
    return { exists: this.#messages.size, uidValidity: 1 };
  }

  async *list(after: number): AsyncGenerator<Listed[]> {
    const uids = [...(this.#messages?.keys() ?? [])].filter((uid) => uid > after).sort((a, b) => a - b);
    for (let at = 0; at < uids.length; at += 5000) {
      yield uids
        .slice(at, at + 5000)
        .map((uid) => ({ uid, size: this.#messages!.get(uid)!.size, date: '', flags: [] }));
    }
  }

  async read(
    batches: readonly (readonly number[])[],
    take: (uid: number, body: Buffer) => void | Promise<void>,
  ) {
    const gone = new Set<number>();
    let refused: UnreadableError | undefined;
    for (const uid of batches.flat()) {
      const pieces: Buffer[] = [];
      const retrieval = this.#retrieve(uid, largestInMemory, async (body) => {
        for await (const piece of body) pieces.push(piece);
      });
      const found = await retrieval.catch((error: Error) => {
        if (!(error instanceof UnreadableError)) throw error;
        refused = error;
      });
      if (found) await take(uid, Buffer.concat(pieces));
      else if (found === false) gone.add(uid);
    }
    // As of IMAP: the others were taken.
    if (refused) throw refused;
    return gone;
  }

  /** POP3 announces no length that can be trusted: the message is read twice, first to learn it. */
  async readLarge(
    uid: number,
    take: (size: number, body: AsyncIterable<Buffer>) => Promise<void>,
  ): Promise<boolean> {
    let size = 0;
    const found = await this.#retrieve(uid, largest, async (body) => {
      for await (const piece of body) size += piece.length;
    });
    return found && (await this.#retrieve(uid, largest, (body) => take(size, body)));
  }

  async close(): Promise<void> {
    await this.#connection.command('QUIT').catch(() => {});
    this.#connection.close();
  }

  /** False when it is gone since the mailbox was listed. Within a session nothing goes: a refusal has another reason. */
  async #retrieve(
    uid: number,
    cap: number,
    take: (body: AsyncIterable<Buffer>) => Promise<void>,
  ): Promise<boolean> {
    const message = this.#messages?.get(uid);
    if (!message) return false;
    const answer = await this.#connection.command(`RETR ${message.number}`);
    if ('refusal' in answer) {
      throw new UnreadableError(
        `メールサーバーがメールの読み取りを断りました: ${answer.refusal}。移行済みの分は保持されています。`,
      );
    }
    await take(this.#connection.lines(cap));
    return true;
  }

  async #table(command: 'LIST' | 'UIDL'): Promise<Map<number, string>> {
    const answer = await this.#connection.command(command);
    if ('refusal' in answer) {
      throw new TerminalError(
        `POP3サーバーが一覧(${command})を返しません: ${answer.refusal}。何も変更していません。`,
      );
    }
    const table = new Map<number, string>();
    for await (const line of this.#connection.lines(longestList)) {
      const [, number, value] = /^(\d{1,9}) +([\x21-\x7e]{1,255})/.exec(line.toString('latin1')) ?? [];
      if (number !== undefined && value !== undefined) table.set(Number(number), value);
    }
    return table;
  }
}
