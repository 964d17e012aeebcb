import { margin, type TransferJob } from './job.ts';

/**
 * Awaits `work`, but not beyond the time that the step has: undefined then. The work is not stopped; it fails when its
 * connections are closed, and whatever it still stores is what a later call would store.
 */
export async function inTime<T>(
  job: Pick<TransferJob, 'remaining'>,
  work: Promise<T>,
): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    const wait = Math.min(Math.max(job.remaining() - margin / 2, 0), 2_000_000_000);
    timer = setTimeout(() => resolve(undefined), wait);
  });
  work.catch(() => undefined);
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
