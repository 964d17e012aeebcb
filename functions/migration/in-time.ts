import { margin, type TransferJob } from './job.ts';

/**
 * Awaits `work`, but not beyond the time that the step has: undefined then. The work is not stopped; it fails when its
 * connections are closed, and whatever it still stores is what a later call would store.
 */
export async function inTime<T>(
  job: Pick<TransferJob, 'remaining'>,
  work: Promise<T>,
): Promise<T | undefined> {
  const limit = new TimeLimit(job);
  try {
    return await limit.within(work);
  } finally {
    limit.clear();
  }
}

/** The same for many pieces of work one after the other, under one timer. */
export class TimeLimit {
  readonly #timer: NodeJS.Timeout;
  #isOver = false;
  #whenOver = () => {};

  constructor(job: Pick<TransferJob, 'remaining'>) {
    const wait = Math.min(Math.max(job.remaining() - margin / 2, 0), 2_000_000_000);
    this.#timer = setTimeout(() => {
      this.#isOver = true;
      this.#whenOver();
    }, wait);
  }

  /** Undefined when time is over; one piece at a time. */
  within<T>(work: Promise<T>): Promise<T | undefined> {
    return new Promise((resolve, reject) => {
      this.#whenOver = () => resolve(undefined);
      work.then(resolve, reject);
      if (this.#isOver) resolve(undefined);
    });
  }

  clear(): void {
    clearTimeout(this.#timer);
  }
}
