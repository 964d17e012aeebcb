import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { durationText } from '../../functions/case/wording.ts';
import { readPlan } from '../../functions/migration/plan-chunks.ts';
import { markProgress, readProgress } from '../../functions/migration/progress.ts';
import { MemoryTree } from '../../functions/migration/web/memory-tree.ts';
import { transferProgress } from '../../functions/pages/transfer-view.ts';
import { progressView } from '../../functions/web/transfer-progress.ts';
import { inventoryOf, jobOf, type TestJob } from './whole-transfer.ts';

/** 40 files of 1,000 bytes; ten to a pack. */
let job: TestJob;
let plan: string;
let now: number;
let pack = 0;

beforeEach(async () => {
  const source = new MemoryTree();
  for (let number = 0; number < 40; number += 1) {
    const attributes = { mode: 0o644, mtime: 1_000_000_000 };
    await source.write(Buffer.from(`f${number}`), 0, Buffer.alloc(1000), { create: true, attributes });
  }
  job = jobOf(source, new MemoryTree());
  await inventoryOf(job);
  plan = (await readPlan(job))!.id;
  now = Date.now();
  jest.spyOn(Date, 'now').mockImplementation(() => now);
});
afterEach(() => {
  jest.restoreAllMocks();
});

async function arrives(seconds: number, objects = 10, bytes = 10_000): Promise<void> {
  now += seconds * 1000;
  await markProgress(job, plan, { chunk: 0, pack: pack++ }, { objects, bytes });
}

const left = async () => (await readProgress(job.objects, 'HK-1', 'web', 1)).secondsLeft;

test('what is left is taken to go on as it went so far', async () => {
  expect(await left()).toBeUndefined();
  await arrives(5);
  expect(await left()).toBeUndefined();
  await arrives(60);
  expect(await left()).toBe(120);
  await arrives(60);
  expect(await left()).toBe(60);
});

test('small files and large ones: the slower of the two decides', async () => {
  await arrives(5);
  await arrives(60, 10, 100);
  // 29,900 bytes at 100 a minute.
  expect(await left()).toBe(29_900 * 0.6);
});

test('a night in which nothing may be copied does not count as work', async () => {
  await arrives(5);
  await arrives(60);
  await arrives(8 * 3600);
  expect(await left()).toBeLessThanOrEqual(900);
});

test('the page says it, and how many are verified', async () => {
  await arrives(5);
  await arrives(60);
  const copying = progressView(
    'web',
    1,
    '2026-12-01T13:00:00.000Z',
    await readProgress(job.objects, 'HK-1', 'web', 1),
  );
  expect(String(transferProgress(copying))).toContain('約2分');
  const verifying = progressView('web', 1, '2026-12-01T13:00:00.000Z', {
    phase: 'verify',
    objects: { done: 1_200, total: 4_800 },
    bytes: { done: 1, total: 1 },
    secondsLeft: 7_800,
  });
  const page = String(transferProgress(verifying));
  for (const shown of ['照合', '1,200 / 4,800件', '25%', '約2時間10分']) expect(page).toContain(shown);
});

test.each([
  [1, '1分未満'],
  [59, '1分未満'],
  [61, '約2分'],
  [3_600, '約1時間'],
  [7_800, '約2時間10分'],
  [200_000, '約55時間40分'],
  [400_000, '約5日'],
])('%d seconds are %s', (seconds, text) => {
  expect(durationText(seconds)).toBe(text);
});
