import type { OutboxEntry } from './case.ts';
import { TransientError } from './errors.ts';
import type { Ports } from './ports.ts';

const batch = 25;
const longestPause = 3_600_000;
/** For one entry, in milliseconds: a service that hangs must not hold up what goes elsewhere. */
const longestDelivery = 30_000;

/**
 * Delivers what is pending, at least once, while there is time; what fails or hangs is tried again later, at growing
 * intervals up to an hour. `oldestSeconds`: how long the oldest entry that failed again has waited.
 */
export async function emptyOutbox(
  { records, clock, remaining }: Pick<Ports, 'records' | 'clock' | 'remaining'>,
  deliver: (entry: OutboxEntry) => Promise<void>,
  patience = longestDelivery,
): Promise<{ delivered: number; oldestSeconds: number }> {
  let delivered = 0;
  let oldestSeconds = 0;
  // The index of what is pending lags behind: an entry may come back right after it was settled.
  const seen = new Set<string>();
  while (remaining() > 10_000) {
    const found = await records.pendingOutbox(clock.now(), batch);
    const pending = found.filter(({ entry }) => !seen.has(entry.id));
    if (pending.length === 0) break;
    for (const { entry, attempts } of pending) {
      seen.add(entry.id);
      const waited = (clock.now().getTime() - Date.parse(entry.createdAt)) / 1000;
      try {
        await within(patience, deliver(entry));
      } catch (error) {
        const pause = Math.min(longestPause, 5_000 * 2 ** Math.min(attempts, 10));
        const { name, message } = error as Error;
        const again = new Date(clock.now().getTime() + pause);
        await records.postponeOutbox(entry, again, `${name}: ${message}`);
        oldestSeconds = Math.max(oldestSeconds, Math.floor(waited));
        continue;
      }
      await records.settleOutbox(entry);
      delivered += 1;
    }
  }
  return { delivered, oldestSeconds };
}

async function within(milliseconds: number, work: Promise<void>): Promise<void> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => reject(new TransientError(`no answer within ${milliseconds} ms`)),
    milliseconds,
  );
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
