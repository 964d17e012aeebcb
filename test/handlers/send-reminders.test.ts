import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { Case } from '../../functions/case/case.ts';
import { sendReminders } from '../../functions/send-reminders.ts';
import { now, sampleCase } from '../case/sample-case.ts';
import { handlerPorts, keep, mailsQueued } from './case-in-records.ts';

let world: ReturnType<typeof handlerPorts>;
beforeEach(() => {
  world = handlerPorts(new Date('2026-12-03T01:00:00.000Z'));
});
afterEach(() => world.stop());

function waiting(id: string): Case {
  return sampleCase({
    id,
    nextReminderAt: '2026-11-27T01:00:00.000Z',
    tasks: [
      {
        id: 'hearing-sheet.1',
        kind: 'hearing-sheet',
        generation: 1,
        status: 'open',
        openedAt: now.toISOString(),
        dueAt: '2026-12-08T14:59:59.999Z',
        remindersSent: 0,
        token: 'token',
        linkSeed: 'ab'.repeat(32),
      },
    ],
  });
}

/** A sweep that would never end stops here. */
function turns(most: number): () => number {
  let left = most;
  return () => {
    left -= 1;
    return left > 0 ? 900_000 : 0;
  };
}

test('settings that remind no more end the sweep; the case is not looked at again', async () => {
  const { ports } = world;
  await keep(ports, waiting('HK-7K3M-Q2T9'));
  const settings = structuredClone(ports.settings);
  settings.deadlines['hearing-sheet'].remindAfterDays = [];
  const remaining = turns(50);
  const swept = await sendReminders({}, { ...ports, settings, remaining });
  expect(swept.cases).toBe(1);
  expect(remaining()).toBeGreaterThan(0);
  expect(await mailsQueued(ports)).toEqual([]);
  expect(await ports.records.remindable(new Date('2100-01-01T00:00:00Z'), 10)).toEqual([]);
});

test('an index that lags behind ends the sweep', async () => {
  const { ports } = world;
  await keep(ports, waiting('HK-7K3M-Q2T9'));
  const records = { ...ports.records, remindable: async () => ['HK-7K3M-Q2T9'] };
  const remaining = turns(50);
  await sendReminders({}, { ...ports, records, remaining });
  expect(remaining()).toBeGreaterThan(0);
  expect(await mailsQueued(ports)).toEqual(['task-reminder']);
});

test('a case that cannot be written keeps no other from its reminder, and the sweep says so', async () => {
  const { ports } = world;
  await keep(ports, { ...waiting('HK-2222-2222'), nextReminderAt: '2026-11-26T01:00:00.000Z' });
  await keep(ports, waiting('HK-7K3M-Q2T9'));
  const records: typeof ports.records = {
    ...ports.records,
    commit: async (change) => {
      if (change.case.id === 'HK-2222-2222') throw new Error('too large');
      await ports.records.commit(change);
    },
  };
  await expect(sendReminders({}, { ...ports, records, remaining: turns(50) })).rejects.toThrow('too large');
  expect(await mailsQueued(ports)).toEqual(['task-reminder']);
});
