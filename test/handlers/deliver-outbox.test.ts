import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { OutboxEntry } from '../../functions/case/case.ts';
import type { Ports } from '../../functions/case/ports.ts';
import { deliverOutbox } from '../../functions/deliver-outbox.ts';
import { sampleCase } from '../case/sample-case.ts';
import { handlerPorts } from './case-in-records.ts';

let world: ReturnType<typeof handlerPorts>;
beforeEach(() => {
  world = handlerPorts(new Date('2026-12-01T01:00:00.000Z'));
});
afterEach(() => world.stop());

const blank = async () => new Uint8Array();
const papers = { quote: blank, certificate: blank, invoice: blank };

test('what hangs is postponed after a while, and the rest goes out', async () => {
  const { ports } = world;
  const c = sampleCase();
  const common = { caseId: c.id, createdAt: '2026-12-01T00:59:00.000Z' };
  const outbox: OutboxEntry[] = [
    { ...common, id: `${c.id}-1-1`, kind: 'mail', letter: 'closed', to: 'customer' },
    { ...common, id: `${c.id}-1-2`, kind: 'flow', flow: 'order', name: `${c.id}-order`, input: {} },
  ];
  await ports.records.commit({ expectedVersion: 0, case: c, history: [], outbox, links: [] });
  const started: string[] = [];
  const hanging: Ports = {
    ...ports,
    mailer: { send: () => new Promise(() => {}) },
    workflow: { ...ports.workflow, start: async (_, name) => void started.push(name) },
  };
  const patience = 20;
  expect(await deliverOutbox({}, hanging, papers, patience)).toEqual({ delivered: 1, oldestSeconds: 60 });
  expect(started).toEqual([`${c.id}-order`]);
  expect(await ports.records.pendingOutbox(ports.clock.now(), 10)).toEqual([]);
  const later = await ports.records.pendingOutbox(new Date('2026-12-01T01:01:00.000Z'), 10);
  expect(later.map(({ entry, attempts }) => [entry.id, attempts])).toEqual([[`${c.id}-1-1`, 1]]);
});
