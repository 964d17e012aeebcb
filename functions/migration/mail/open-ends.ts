import type { ImapConnection } from './imap/connection.ts';
import type { MailJob } from './job.ts';
import { openSource, openTarget } from './open-account.ts';
import type { MailSource } from './source.ts';
import type { Turn } from './turn.ts';

/**
 * Both servers as one call has them open for one account, each when it is first asked for: from chunk to chunk of a row,
 * until something fails or the call ends. What opening throws is in open-account.ts.
 */
export class OpenEnds {
  /** What was thrown in place of a connection; the value: other calls of this run had some open, or were about to. */
  readonly refusals = new Map<unknown, { shared: boolean }>();
  readonly #job: MailJob;
  readonly #turn: Turn;
  #account: number | undefined;
  #source: Promise<MailSource> | undefined;
  #target: Promise<ImapConnection> | undefined;

  constructor(job: MailJob, turn: Turn) {
    this.#job = job;
    this.#turn = turn;
  }

  /** From now on those of this account. */
  async of(account: number): Promise<void> {
    if (this.#account !== account) await this.close();
    this.#account = account;
  }

  source(): Promise<MailSource> {
    this.#source ??= this.#opened(openSource(this.#job, this.#account!));
    return this.#source;
  }

  target(): Promise<ImapConnection> {
    this.#target ??= this.#opened(openTarget(this.#job, this.#account!));
    return this.#target;
  }

  /** Whoever asks next gets new ones. */
  async close(): Promise<void> {
    const [source, target] = [this.#source, this.#target];
    this.#source = undefined;
    this.#target = undefined;
    const unopened = () => {};
    await Promise.all([
      source?.then((one) => one.close(), unopened),
      target?.then((one) => one.logout(), unopened),
    ]);
  }

  /** Asked at once: in a moment the others may have left. */
  async #opened<T>(opening: Promise<T>): Promise<T> {
    try {
      return await opening;
    } catch (error) {
      this.refusals.set(error, { shared: await this.#turn.isShared() });
      throw error;
    }
  }
}
