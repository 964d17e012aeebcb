import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Role } from '../../functions/case/identity.ts';
import { type TaskKind, tasks } from '../../functions/case/tasks.ts';
import { answers } from '../../local/play/answers.ts';
import { surveyFile } from '../../local/play/survey-file.ts';
import { fileBody, formBody, Office, wholeCase } from './office.ts';

const headersOf = (role: Role | undefined) => ({
  'sec-fetch-site': 'same-origin',
  ...(role && { cookie: `hikkoshi-role=${role}` }),
});

describe('each role has its pages', () => {
  let office: Office;
  beforeAll(async () => {
    office = new Office();
    await office.playUntil('acceptance-review');
    await office.answer('acceptance-review');
    await office.settle();
  });
  afterAll(() => office.close());

  test.each<[string, Role[]]>([
    ['/console/cases', ['staff', 'engineer', 'finance']],
    ['/console/cases/:id', ['staff', 'engineer', 'finance']],
    ['/console/cases/new', ['staff']],
    ['/console/invoices', ['staff', 'finance']],
    ['/console/invoices.csv', ['staff', 'finance']],
    ['/console/cases/:id/ledgers/web/1/csv', ['staff', 'engineer']],
    ['/console/cases/:id/invoice.pdf', ['staff', 'finance']],
    ['/console/cases/:id/ledgers/web/1', ['staff', 'engineer']],
  ])('%s is for %j', async (route, allowed) => {
    const path = route.replace(':id', office.reference);
    for (const role of ['staff', 'engineer', 'finance'] as const) {
      const { status } = await office.send(path, { headers: headersOf(role) });
      expect([role, status]).toEqual([role, allowed.includes(role) ? 200 : 403]);
    }
    const nobody = await office.send(path);
    expect(nobody.status).toBe(303);
    expect(nobody.headers.get('location')).toBe(`/console/sign-in?to=${encodeURIComponent(path)}`);
  });

  test('opening a case is for staff, on the server and not only in the menu', async () => {
    const before = office.state();
    const body = () =>
      formBody({
        person: '髙﨑',
        mail: 'a@example.jp',
        contractNumber: 'MS-1234567',
        serverKind: 'managed',
        startWith: 'simple-quote',
      });
    for (const role of ['engineer', 'finance'] as const) {
      const answer = await office.send('/console/cases/new', {
        method: 'POST',
        body: body(),
        headers: headersOf(role),
      });
      expect([role, answer.status]).toEqual([role, 403]);
    }
    const nobody = await office.send('/console/cases/new', {
      method: 'POST',
      body: body(),
      headers: headersOf(undefined),
    });
    expect(nobody.status).toBe(303);
    expect(nobody.headers.get('location')).toMatch(/^\/console\/sign-in\?/);
    expect(office.state() === before).toBe(true);
  });
});

describe('each step is answered by whom it is for', () => {
  test('at every step of a case all others are refused, and nothing changes', async () => {
    const office = new Office();
    try {
      await office.openCase();
      for (const kind of wholeCase) {
        const { c, task } = await office.open(kind);
        const before = office.state();
        for (const role of ['staff', 'engineer', 'finance', undefined] as const) {
          if (mayAnswer(kind, role)) continue;
          const headers = headersOf(role);
          const posted = kind === 'survey' ? {} : answers[kind](office.knowledge(c));
          const path = `/console/cases/${c.id}/tasks/${task.id}`;
          const answer = await office.send(path, { method: 'POST', body: formBody(posted), headers });
          expect([kind, role, answer.status]).toEqual([kind, role, role ? 403 : 303]);
          const page = await (await office.send(`/console/cases/${c.id}`, { headers })).text();
          expect(page).not.toContain(`action="${path}"`);
          if (kind !== 'survey') continue;
          for (const route of ['survey', 'survey/template.csv'])
            expect((await office.send(`/console/cases/${c.id}/${route}`, { headers })).status).toBe(
              role ? 403 : 303,
            );
          const file = await fileBody('report', surveyFile(office.clock.now()), 'survey.csv', headers);
          const upload = await office.send(`/console/cases/${c.id}/survey`, { method: 'POST', ...file });
          expect([role, upload.status]).toEqual([role, role ? 403 : 303]);
        }
        expect(office.state() === before).toBe(true);
        await office.answer(kind);
      }
      await office.settle();
      expect((await office.load()).stage).toBe('invoiced');
    } finally {
      office.close();
    }
  });

  test('staff may take down on the telephone that a customer wants the formal quote', async () => {
    const office = new Office();
    try {
      const { c, task } = await office.playUntil('formal-quote-request');
      const path = `/console/cases/${c.id}/tasks/${task.id}`;
      const body = formBody(answers['formal-quote-request'](office.knowledge(c)));
      const answer = await office.send(path, { method: 'POST', body, headers: headersOf('staff') });
      expect(answer.headers.get('location')).toBe(`/console/cases/${c.id}?outcome=done`);
      const after = await office.load();
      expect(after.tasks.find(({ id }) => id === task.id)?.completedBy).toBe('受付（手元）');
    } finally {
      office.close();
    }
  });
});

/** A customer's step is never answered in the console; one may be taken down by staff. */
function mayAnswer(kind: TaskKind, role: Role | undefined): boolean {
  return tasks[kind].actor === role || (kind === 'formal-quote-request' && role === 'staff');
}

describe('a post of the console comes from a page of the console', () => {
  let office: Office;
  let path: string;
  let before: string;
  beforeAll(async () => {
    office = new Office();
    const { c, task } = await office.playUntil('hearing-sheet-review');
    path = `/console/cases/${c.id}/tasks/${task.id}`;
    before = office.state();
  });
  afterAll(() => office.close());

  const post = (headers: Record<string, string>) =>
    office.send(path, {
      method: 'POST',
      body: formBody({ decision: 'accepted' }),
      headers: { cookie: 'hikkoshi-role=staff', host: 'hikkoshi.test', ...headers },
    });

  test.each<Record<string, string>>([
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    { 'sec-fetch-site': 'none' },
    { 'sec-fetch-site': 'cross-site', origin: 'http://hikkoshi.test' },
    { 'sec-fetch-site': 'SAME-ORIGIN' },
    { origin: 'http://evil.example' },
    { origin: 'http://hikkoshi.test.evil.example' },
    { origin: 'http://hikkoshi.test:8443' },
    { origin: 'evil' },
    { origin: 'http://' },
  ])('%j is refused', async (headers) => {
    const answer = await post(headers);
    expect(answer.status).toBe(403);
    expect(office.state() === before).toBe(true);
  });

  test.each([
    '/console/cases/new',
    '/console/sign-in',
    '/console/sign-out',
    '/console/cases/HK-2222-2222/survey',
  ])('so is every other post: %s', async (route) => {
    const headers = { cookie: 'hikkoshi-role=staff', 'sec-fetch-site': 'cross-site' };
    const answer = await office.send(route, { method: 'POST', body: formBody({ role: 'staff' }), headers });
    expect(answer.status).toBe(403);
    expect(answer.headers.get('set-cookie')).toBeNull();
  });

  test('the cookie is none that a script or another site gets to use', async () => {
    const answer = await office.send('/console/sign-in', {
      method: 'POST',
      body: formBody({ role: 'staff' }),
    });
    expect(answer.headers.get('set-cookie')).toMatch(/HttpOnly; SameSite=Strict/);
  });

  test.each<Record<string, string>>([
    { 'sec-fetch-site': 'same-origin' },
    { origin: 'http://hikkoshi.test' },
    // What browsers send for pages without a referrer.
    { 'sec-fetch-site': 'same-origin', origin: 'null' },
  ])('%j is accepted', async (headers) => {
    const answer = await post(headers);
    expect(answer.status).toBe(303);
    expect(answer.headers.get('location')).toMatch(/\?outcome=(done|already)$/);
  });
});
