import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { Identity } from '../../functions/case/identity.ts';
import { consoleApp } from '../../functions/web/console-app.ts';
import { handlerPorts } from './case-in-records.ts';

let world: ReturnType<typeof handlerPorts>;
beforeEach(() => {
  world = handlerPorts(new Date('2026-12-01T01:00:00.000Z'));
});
afterEach(() => world.stop());

const typed = {
  company: '株式会社髙﨑商店',
  person: '髙﨑 𠮷男',
  mail: 'shop@example.jp',
  contractNumber: 'MS-1234567',
  serverKind: 'managed',
  startWith: 'simple-quote',
};

async function send(posted?: Record<string, string>): Promise<Response> {
  const identity = { who: async () => ({ role: 'staff', name: '受付' }) } as unknown as Identity;
  const request = new Request('http://hikkoshi.test/console/cases/new', {
    ...(posted && { method: 'POST', body: new URLSearchParams(posted) }),
    headers: { 'sec-fetch-site': 'same-origin' },
  });
  return consoleApp(world.ports, identity).fetch(request);
}

const drawOf = async (page: Response) =>
  /name="draw" value="([0-9a-f]{32})"/.exec(await page.text())?.[1] ?? '';
const opened = async () => (await world.ports.records.list({ limit: 10 })).cases.length;

test('one page opens one case, however often its form is sent', async () => {
  const draw = await drawOf(await send());
  const answers = await Promise.all([1, 2, 3].map(() => send({ ...typed, draw })));
  expect(answers.map(({ status }) => status)).toEqual([303, 303, 303]);
  expect(new Set(answers.map(({ headers }) => headers.get('location'))).size).toBe(1);
  expect(await opened()).toBe(1);
});

test('a form that came back with a mistake keeps its draw', async () => {
  const draw = await drawOf(await send());
  const refused = await send({ ...typed, mail: '', draw });
  expect(refused.status).toBe(422);
  expect(await drawOf(refused)).toBe(draw);
});

test('the next page opens the next case, for the same customer too', async () => {
  for (let count = 0; count < 2; count += 1) {
    const draw = await drawOf(await send());
    await send({ ...typed, draw });
  }
  expect(await opened()).toBe(2);
});

test('the same draw for another customer is another case', async () => {
  const draw = await drawOf(await send());
  await send({ ...typed, draw });
  await send({ ...typed, mail: 'other@example.jp', draw });
  expect(await opened()).toBe(2);
});

test('a form that was not sent from the page opens nothing, and comes back as it was typed', async () => {
  for (const draw of [undefined, '', 'x'.repeat(32), '0'.repeat(31)]) {
    const refused = await send({ ...typed, ...(draw !== undefined && { draw }) });
    expect(refused.status).toBe(422);
    const page = await refused.text();
    expect(page).toContain('この画面からもう一度送信してください');
    expect(page).toContain('value="株式会社髙﨑商店"');
  }
  expect(await opened()).toBe(0);
});
