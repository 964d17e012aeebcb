import { TransientError } from '../../functions/case/errors.ts';
import type { Ports } from '../../functions/case/ports.ts';
import type { SeededRandom } from './seeded-random.ts';

const day = 24 * 3_600_000;

/**
 * What networks and queues do to a product that runs well: mail servers refuse for a moment, answers get lost, deliveries come in any order,
 * up to a day late and up to five times.
 */
export function weathered(ports: Ports, random: SeededRandom): Ports {
  const { records, mailer } = ports;
  const repeated = new Map<string, number>();
  return {
    ...ports,
    mailer: {
      async send(mail) {
        if (random.chance(0.03)) throw new TransientError('421 try again later');
        await mailer.send(mail);
      },
    },
    records: {
      ...records,
      async commit(change) {
        await records.commit(change);
        if (random.chance(0.02)) throw new TransientError('written, but the answer was lost');
      },
      async pendingOutbox(now, limit) {
        const found = await records.pendingOutbox(now, limit);
        const ready: typeof found = [];
        for (const one of found) {
          if (one.attempts === 0 && random.chance(0.03)) {
            await records.postponeOutbox(one.entry, new Date(now.getTime() + random.integer(day)), 'late');
          } else ready.splice(random.integer(ready.length + 1), 0, one);
        }
        return ready;
      },
      async settleOutbox(entry) {
        const times = repeated.get(entry.id) ?? 1;
        repeated.set(entry.id, times + 1);
        if (times < 5 && random.chance(0.08)) return;
        await records.settleOutbox(entry);
      },
    },
  };
}
