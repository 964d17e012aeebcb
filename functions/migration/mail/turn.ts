import { randomBytes } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { timeIsShort } from '../job.ts';
import type { MailJob } from './job.ts';
import * as keys from './keys.ts';

/**
 * A call that copies, among those of its run that do so at the same time. Once a server did not let one more in, they take
 * turns until the run ends: who came first works, the others wait. A dead one is not waited for longer than its call had.
 */
export class Turn {
  readonly #job: MailJob;
  readonly #chunk: number;
  #name = '';

  private constructor(job: MailJob, chunk: number) {
    this.#job = job;
    this.#chunk = chunk;
  }

  static async begin(job: MailJob, chunk: number): Promise<Turn> {
    const turn = new Turn(job, chunk);
    await turn.#enter();
    return turn;
  }

  /** Waits where turns are taken. False when time runs short. */
  async comes(): Promise<boolean> {
    const { objects } = this.#job;
    if ((await objects.size(keys.oneAtATime(this.#job))) === undefined) return true;
    while ((await this.#others()).some((name) => name < this.#name)) {
      if (timeIsShort(this.#job)) return false;
      await this.#pause();
    }
    return true;
  }

  /** Other calls have connections open, or are about to. */
  async isShared(): Promise<boolean> {
    return (await this.#others()).length > 0;
  }

  /** From now on one call works at a time; this one comes after those at work. False when time runs short. */
  async comesLast(): Promise<boolean> {
    await this.#job.objects.put(keys.oneAtATime(this.#job), Buffer.from('{}'));
    await this.end();
    await this.#enter();
    const came = await this.comes();
    // The server counts a connection for a moment after it was left.
    await this.#pause();
    return came;
  }

  /** With what calls of this chunk left behind that died. */
  async end(): Promise<void> {
    await this.#job.objects.deleteAll(`${keys.turns(this.#job)}${this.#chunk}/`);
  }

  async #enter(): Promise<void> {
    const now = Date.now();
    const until = now + Math.round(this.#job.remaining());
    this.#name = `${String(now).padStart(15, '0')}.${until}.${randomBytes(6).toString('hex')}`;
    await this.#job.objects.put(`${keys.turns(this.#job)}${this.#chunk}/${this.#name}`, Buffer.from('{}'));
  }

  async #others(): Promise<string[]> {
    const prefix = keys.turns(this.#job);
    const names: string[] = [];
    for await (const { key } of this.#job.objects.list(prefix)) {
      const [chunk, name = ''] = key.slice(prefix.length).split('/');
      if (Number(chunk) !== this.#chunk && Number(name.split('.')[1]) > Date.now()) names.push(name);
    }
    return names;
  }

  #pause(): Promise<void> {
    return wait(this.#job.pauseMs ?? 1000);
  }
}
