import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Events } from '../../functions/case/ports.ts';
import { implementations } from './implementations.ts';

describe.each(implementations)('events on $name', (implementation) => {
  let events: Events;
  let stop: () => Promise<void>;
  let received: () => Promise<{ id: string; type: string; detail: Record<string, unknown> }[]>;
  beforeAll(async () => {
    ({ port: events, stop, received } = await implementation.events());
  });
  afterAll(() => stop?.());

  test('events arrive with their id, in order', async () => {
    const detail = { company: '髙﨑𠮷', total: 1_100, lines: [{ amount: 1 }] };
    const at = '2026-11-24T00:00:00.000Z';
    await events.publish({ id: 'C-1-9-1', type: 'invoice', at, detail });
    await events.publish({ id: 'C-1-9-2', type: 'completed', at, detail: {} });
    expect(await received()).toEqual([
      { id: 'C-1-9-1', type: 'invoice', detail },
      { id: 'C-1-9-2', type: 'completed', detail: {} },
    ]);
  });
});
