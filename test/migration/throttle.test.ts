import { describe, expect, it } from '@jest/globals';
import { Throttle } from '../../functions/migration/throttle.ts';

/** A clock that moves only by waiting; those who wait at once wait side by side. */
function clock() {
  const time = {
    at: 0,
    now: () => time.at,
    async wait(ms: number): Promise<void> {
      time.at = Math.max(time.at, ms);
    },
  };
  return time;
}

describe('the cap on reading', () => {
  it('spreads a burst over the time that the rate gives it', async () => {
    const waits: number[] = [];
    const throttle = new Throttle(100_000, { now: () => 0, wait: async (ms) => waits.push(ms) });
    await Promise.all(Array.from({ length: 5 }, () => throttle.take(50_000)));
    expect(waits).toEqual([500, 1000, 1500, 2000]);
  });

  it('does not save up what was not used', async () => {
    const time = clock();
    const throttle = new Throttle(1000, time);
    await throttle.take(1000);
    time.at = 60_000;
    await throttle.take(1000);
    expect(time.at).toBe(60_000);
    const waits: number[] = [];
    time.wait = async (ms) => void waits.push(ms);
    await throttle.take(1);
    expect(waits).toEqual([1000]);
  });

  it('holds nothing back without a rate', async () => {
    const refuse = () => Promise.reject(new Error('waited'));
    const throttle = new Throttle(undefined, { now: () => 0, wait: refuse });
    for (let count = 0; count < 10; count += 1) await throttle.take(1_000_000_000);
    expect(throttle.limited).toBe(false);
  });
});
