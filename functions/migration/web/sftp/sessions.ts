import type { Client } from 'ssh2';
import { openSftp } from './connect.ts';
import type { SftpSession } from './session.ts';

const most = 4;

/**
 * Several sessions on one connection. OpenSSH gives each a process of its own, so that files are made side by side where
 * its disk is slow; a server that allows only one session (MaxSessions) keeps one.
 */
export class Sessions {
  readonly first: SftpSession;
  readonly #client: Client;
  readonly #open: SftpSession[];
  #widened = false;

  constructor(client: Client, first: SftpSession) {
    this.#client = client;
    this.first = first;
    this.#open = [first];
  }

  /** The one with the fewest requests due. A handle is known only to the session that gave it. */
  pick(): SftpSession {
    return this.#open.reduce((least, session) => (session.due < least.due ? session : least));
  }

  /** Opens the others, once. Not waited for: each is used as soon as it is there. */
  widen(): void {
    if (this.#widened) return;
    this.#widened = true;
    for (let more = 1; more < most; more += 1) this.#openOne().catch(() => undefined);
  }

  async #openOne(): Promise<void> {
    const { times } = this.first;
    this.#open.push(await openSftp(this.#client, times.stall));
  }
}
