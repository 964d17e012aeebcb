import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { Identity, Role } from '../../functions/case/identity.ts';
import { consoleApp } from '../../functions/web/console-app.ts';
import { surveyFile } from '../../local/play/survey-file.ts';
import { now, sampleCase } from '../case/sample-case.ts';
import { handlerPorts, keep } from './case-in-records.ts';

const id = 'HK-7K3M-Q2TB';

let world: ReturnType<typeof handlerPorts>;
beforeEach(() => {
  world = handlerPorts(new Date('2026-12-01T01:00:00.000Z'));
});
afterEach(() => world.stop());

/** A signed-in colleague's request. */
function send(role: Role, path: string, body?: FormData): Promise<Response> {
  const identity = { who: async () => ({ role, name: '手元' }) } as unknown as Identity;
  const request = new Request(new URL(path, 'http://hikkoshi.test'), {
    ...(body && { method: 'POST', body }),
    headers: { 'sec-fetch-site': 'same-origin' },
  });
  return Promise.resolve(consoleApp(world.ports, identity).fetch(request));
}

function report(): FormData {
  const body = new FormData();
  body.append('report', new File([surveyFile(now)], 'survey.csv', { type: 'text/csv' }));
  return body;
}

async function surveying(status: 'open' | 'expired'): Promise<void> {
  const survey = {
    id: 'survey.1',
    kind: 'survey',
    generation: 1,
    status,
    openedAt: now.toISOString(),
    dueAt: '2026-12-08T14:59:59.999Z',
    remindersSent: 0,
    token: 'token',
  } as const;
  await keep(world.ports, sampleCase({ id, stage: 'surveying', tasks: [survey] }));
}

test.each(['open', 'expired'] as const)(
  'a report that is sent after the deadline hears so while the step is %s',
  async (status) => {
    await surveying(status);
    world.clock.set(new Date('2026-12-08T15:00:00.000Z'));
    const answer = await send('engineer', `/console/cases/${id}/survey`, report());
    expect(answer.status).toBe(422);
    expect(await answer.text()).toContain('期限の延長をご依頼');
  },
);

test('a report that is sent twice hears the second time that nothing was changed', async () => {
  await surveying('open');
  const path = `/console/cases/${id}/survey`;
  expect((await send('engineer', path, report())).headers.get('location')).toMatch(/outcome=done$/);
  const second = await send('engineer', path, report());
  const location = second.headers.get('location') ?? '';
  expect(location).toMatch(/outcome=already$/);
  expect(await (await send('engineer', location)).text()).toContain('内容は変更されていません');
});

test.each(['constructor', '__proto__', 'toString'])(
  'an outcome %s that nobody has is not shown',
  async (odd) => {
    await surveying('open');
    const page = await (await send('staff', `/console/cases/${id}?outcome=${odd}`)).text();
    expect(page).toBe(await (await send('staff', `/console/cases/${id}`)).text());
  },
);
