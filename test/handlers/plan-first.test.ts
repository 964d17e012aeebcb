import { describe, expect, it } from '@jest/globals';
import type { Case, Submission } from '../../functions/case/case.ts';
import type { Ports } from '../../functions/case/ports.ts';
import { sampleSettings } from '../../functions/case/sample-settings.ts';
import { readForecast } from '../../functions/migration/forecast.ts';
import { readPlan } from '../../functions/migration/plan-chunks.ts';
import { readProblem } from '../../functions/migration/transfer-problem.ts';
import { MemoryTree } from '../../functions/migration/web/memory-tree.ts';
import { webEngine } from '../../functions/migration/web/web-engine.ts';
import { sampleCase } from '../case/sample-case.ts';
import { MemoryObjects, MemoryVault } from '../migration/memory-ports.ts';

const run = { caseId: 'HK-7K3M-Q2T9', plan: 'web', run: 1 } as const;
const submission = (at: string, value: Record<string, unknown>): Submission => ({
  ...{ taskId: 'x.1', at, by: 'engineer', value },
});

async function office(details: Record<string, unknown>) {
  const forms: Case['forms'] = {
    'migration-details': submission('2026-11-30T00:00:00.000Z', { confided: 'm', ...details }),
    'source-access': submission('2026-11-29T00:00:00.000Z', { confided: 's' }),
  };
  const c = sampleCase({ id: run.caseId, forms });
  const [objects, vault, source, target] = [
    ...[new MemoryObjects(), new MemoryVault()],
    ...[new MemoryTree(), new MemoryTree()],
  ] as [MemoryObjects, MemoryVault, MemoryTree, MemoryTree];
  for (const [end, host] of [
    ['source-web.s', 'source'],
    ['target-web.m', 'target'],
  ]) {
    const access = { protocol: 'sftp', host, port: 22, user: 'u', password: 'p', root: '/' };
    await vault.put(c.id, end!, JSON.stringify(access));
  }
  await source.write(Buffer.from('page'), 0, Buffer.from('page'), { create: true });
  const ports = {
    ...{ records: { load: async () => c }, clock: { now: () => new Date('2026-12-01T00:00:00.000Z') } },
    ...{ settings: sampleSettings, remaining: () => 900_000, objects, vault },
  } as unknown as Ports;
  const engine = webEngine(async ({ host }) => (host === 'source' ? source : target));
  return { engine, ports, forms, objects, source };
}

describe('a plan that the engineer wants to see first', () => {
  it('stops the work before anything is copied, and again at each attempt until they have answered', async () => {
    const { engine, ports, forms, objects, source } = await office({ planFirst: true });
    for (let attempt = 0; attempt < 2; attempt += 1) {
      await expect(engine.takeInventory(ports, run)).rejects.toMatchObject({ name: 'PlanShownError' });
      expect(await readPlan({ ...run, objects })).toBeUndefined();
    }
    expect(await readForecast(objects, run)).toMatchObject({ new: { objects: 1 } });
    expect(await readProblem(objects, run)).toMatchObject({
      error: 'PlanShownError',
      message: /まだ何もコピー/,
    });
    await source.write(Buffer.from('later'), 0, Buffer.from('later'), { create: true });
    forms['transfer-problem'] = submission('2026-12-01T01:00:00.000Z', { decision: 'retry' });
    expect(await engine.takeInventory(ports, run)).toMatchObject({ more: false, objects: 2 });
  });

  it('is not taken for seen because of an answer to something that came before it', async () => {
    const { engine, ports, forms } = await office({ planFirst: true });
    forms['transfer-problem'] = submission('2026-12-01T01:00:00.000Z', { decision: 'retry' });
    await expect(engine.takeInventory(ports, run)).rejects.toMatchObject({ name: 'PlanShownError' });
  });

  it('stops nothing where it was not asked for', async () => {
    const { engine, ports } = await office({});
    expect(await engine.takeInventory(ports, run)).toMatchObject({ more: false, objects: 1 });
  });
});
