import { expect, test } from '@jest/globals';
import type { Case, Submission } from '../../functions/case/case.ts';
import { RetryAfterError, WindowClosedError } from '../../functions/case/errors.ts';
import type { Ports } from '../../functions/case/ports.ts';
import { sampleSettings } from '../../functions/case/sample-settings.ts';
import { windowEndsAt } from '../../functions/case/schedule-transfers.ts';
import { turnOf } from '../../functions/migration/engine.ts';
import { readProblem } from '../../functions/migration/transfer-problem.ts';
import { MemoryTree } from '../../functions/migration/web/memory-tree.ts';
import { withWebJob } from '../../functions/migration/web/with-web-job.ts';
import { sampleCase } from '../case/sample-case.ts';
import { MemoryObjects, MemoryVault } from '../migration/memory-ports.ts';

/** R20, R36: the agreed hours are kept, also by a step that is at work when they end. */
const ends = '2026-12-01T21:00:00.000Z';
const submission = (at: string, value: Record<string, unknown>): Submission => ({
  taskId: 'x.1',
  at,
  by: 'engineer',
  value,
});
const agreed = submission('2026-11-30T00:00:00.000Z', {
  startsAt: '2026-12-01T13:00:00.000Z',
  windowEndsAt: ends,
  confided: 'm',
});
const run = { caseId: 'HK-7K3M-Q2T9', plan: 'web', run: 1 } as const;

async function remainingAt(now: string, more: Case['forms'] = {}) {
  const forms = {
    'migration-details': agreed,
    'source-access': submission('2026-11-29T00:00:00.000Z', { confided: 's' }),
    ...more,
  };
  const c = sampleCase({ id: run.caseId, forms });
  const [objects, vault] = [new MemoryObjects(), new MemoryVault()];
  const access = JSON.stringify({
    protocol: 'sftp',
    host: 'h',
    port: 22,
    user: 'u',
    password: 'p',
    root: '/',
  });
  await vault.put(c.id, 'source-web.s', access);
  await vault.put(c.id, 'target-web.m', access);
  const ports = {
    records: { load: async () => c },
    clock: { now: () => new Date(now) },
    settings: sampleSettings,
    remaining: () => 900_000,
    objects,
    vault,
  } as unknown as Ports;
  const result = withWebJob(
    ports,
    run,
    async () => new MemoryTree(),
    async (job) => ({ more: false, remaining: job.remaining() }),
  );
  return { result, objects };
}

test('a step may use its own time, but none beyond the agreed hours', async () => {
  await expect((await remainingAt('2026-12-01T14:00:00.000Z')).result).resolves.toMatchObject({
    remaining: 900_000,
  });
  await expect((await remainingAt('2026-12-01T20:59:00.000Z')).result).resolves.toMatchObject({
    remaining: 60_000,
  });
});

test('after the hours nothing is touched, and staff read why', async () => {
  // Just before their end too: a step that stops at once would be called until it counts as making no progress.
  for (const late of ['2026-12-01T20:59:45.000Z', ends]) {
    const { result, objects } = await remainingAt(late);
    await expect(result).rejects.toThrow(WindowClosedError);
    expect(await readProblem(objects, run)).toMatchObject({
      error: 'WindowClosedError',
      message: expect.stringContaining('作業時間'),
    });
  }
});

/** R23: every night from 22:00 to 4:00, in a window from 22:00 to 6:00. */
const nights: Case['forms'] = {
  'source-access': submission('2026-11-29T00:00:00.000Z', {
    confided: 's',
    copyHours: 'limited',
    copyFrom: '22:00',
    copyTo: '04:00',
  }),
};

test('a step saves its place at the end of the customer’s copy hours', async () => {
  const { result } = await remainingAt('2026-12-01T18:59:00.000Z', nights);
  await expect(result).resolves.toMatchObject({ remaining: 60_000 });
});

test('outside of them a step touches nothing, and its turn ends with the time to come back', async () => {
  const week = {
    'migration-details': { ...agreed, value: { ...agreed.value, windowEndsAt: '2026-12-08T00:00:00.000Z' } },
  };
  const { result, objects } = await remainingAt('2026-12-01T19:00:00.000Z', { ...nights, ...week });
  const turn = turnOf(result.then(() => ({ more: false })));
  expect(await turn).toEqual({ more: true, waitUntil: '2026-12-02T13:00:00.000Z' });
  expect(await readProblem(objects, run)).toBeUndefined();
});

test('hours that do not come again before the window ends are for staff, at once', async () => {
  const { result, objects } = await remainingAt('2026-12-01T19:00:00.000Z', nights);
  await expect(result).rejects.toThrow(WindowClosedError);
  expect((await readProblem(objects, run))?.message).toContain('毎日 22:00から翌4:00まで');
});

test('a busy server is no matter of hours: the flow tries again, and gives up in the end', async () => {
  const busy = new RetryAfterError('busy', new Date());
  await expect(turnOf(Promise.reject(busy))).rejects.toBe(busy);
});

test('an engineer may go on after the hours, by their own decision', async () => {
  const retry = { 'transfer-problem': submission('2026-12-01T21:05:00.000Z', { decision: 'retry' }) };
  await expect((await remainingAt('2026-12-01T22:00:00.000Z', retry)).result).resolves.toMatchObject({
    remaining: 900_000,
  });
  expect(windowEndsAt(sampleCase({ forms: { 'migration-details': agreed, ...retry } }))).toBeUndefined();
});
