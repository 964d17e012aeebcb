import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { largestSurveyBytes } from '../../functions/case/survey-encoding.ts';
import { expectManners } from './manners.ts';
import { fileBody, formBody, Office } from './office.ts';

describe('every answer has its security headers', () => {
  let office: Office;
  let link: string;
  let staff: Record<string, string>;
  beforeAll(async () => {
    office = new Office();
    await office.playUntil('order');
    link = await office.link();
    staff = { cookie: 'hikkoshi-role=staff', 'sec-fetch-site': 'same-origin' };
  });
  afterAll(() => office.close());

  const post = (path: string, init: RequestInit = {}) => office.send(path, { method: 'POST', ...init });
  const typed = formBody({ signer: '髙﨑' });
  const huge = 'a='.padEnd(600_000, 'x');
  const asForm = { 'content-type': 'application/x-www-form-urlencoded' };

  test.each<[string, number, () => Promise<Response>]>([
    ['the first page', 302, () => office.send('/')],
    ['a form', 200, () => office.send(link)],
    ['the head of a form', 200, () => office.send(link, { method: 'HEAD' })],
    ['a refused form', 422, () => post(link, { body: typed })],
    ['an oversized form', 413, () => post(link, { body: huge, headers: asForm })],
    [
      'a wrong content type',
      415,
      () => post(link, { body: '{}', headers: { 'content-type': 'application/json' } }),
    ],
    ['a dead link', 404, () => office.send(`/t/${'x'.repeat(43)}`)],
    ['a quote', 200, () => office.send(`${link}/quote.pdf`)],
    ['a certificate that is not there', 404, () => office.send(`${link}/certificate.pdf`)],
    ['a document that is not there', 404, () => office.send('/documents/x')],
    ['no page at all', 404, () => office.send('/robots.txt')],
    ['a method that nobody has', 404, () => office.send(link, { method: 'DELETE' })],
    ['the console, to nobody', 303, () => office.send('/console')],
    ['cases, to nobody', 303, () => office.send('/console/cases')],
    ['signing in', 200, () => office.send('/console/sign-in')],
    ['signed in', 303, () => post('/console/sign-in', { body: formBody({ role: 'staff' }) })],
    ['signing out', 303, () => post('/console/sign-out', { headers: staff })],
    ['coming back', 303, () => office.send('/sign-in/callback')],
    ['cases', 200, () => office.send('/console/cases', { headers: staff })],
    ['a case', 200, () => office.send(`/console/cases/${office.reference}`, { headers: staff })],
    ['a case that is not there', 404, () => office.send('/console/cases/HK-2222-2222', { headers: staff })],
    [
      'a page of another role',
      403,
      () => office.send(`/console/cases/${office.reference}/survey`, { headers: staff }),
    ],
    [
      'a post of another site',
      403,
      () => post('/console/sign-out', { headers: { ...staff, 'sec-fetch-site': 'cross-site' } }),
    ],
    ['the mailbox', 200, () => office.send('/mailbox')],
    ['a mail', 200, () => office.send('/mailbox/1')],
    ['a mail that is not there', 404, () => office.send('/mailbox/999')],
    ['a mail with an odd number', 404, () => office.send('/mailbox/%F0%28')],
  ])('%s (%i)', async (_, status, ask) => {
    const answer = await ask();
    expect(answer.status).toBe(status);
    expectManners(answer);
  });

  test('an attachment, as what it is and with a name that is no path', async () => {
    const mail = office.product.mailbox.listMails().find(({ attachments }) => attachments > 0);
    const answer = await office.send(`/mailbox/${mail?.id}/attachments/0`);
    expect(answer.status).toBe(200);
    expectManners(answer);
    expect(answer.headers.get('content-type')).toBe('application/pdf');
    expect(answer.headers.get('content-disposition')).toMatch(/^attachment; filename="[\w.-]+"$/);
  });

  test('a failure of ours says so, names an incident and no detail', async () => {
    const complaints: unknown[][] = [];
    const complain = console.error;
    console.error = (...words: unknown[]) => complaints.push(words);
    const broken = new Office({
      interpose: (ports) => ({
        ...ports,
        records: {
          ...ports.records,
          load: () => Promise.reject(new Error('disk of 髙﨑 at /var/secret is full')),
          findLink: () => Promise.reject(new Error('token of 髙﨑 is odd')),
        },
      }),
    });
    try {
      for (const path of [`/t/${'y'.repeat(43)}`, '/console/cases/HK-2222-2222']) {
        const answer = await broken.send(path, { headers: staff });
        expect(answer.status).toBe(500);
        expectManners(answer);
        const page = await answer.text();
        expect(page).not.toMatch(/disk|token of|secret|at Object|\.ts/);
        const incident = /番号 <span class="figures">([0-9a-f]{8})</.exec(page)?.[1];
        expect(JSON.stringify(complaints)).toContain(incident ?? 'an incident');
      }
      expect(complaints).toHaveLength(2);
      expect(JSON.stringify(complaints)).not.toMatch(/髙﨑|secret|yyyy/);
    } finally {
      console.error = complain;
      broken.close();
    }
  });

  test('a file that is too large', async () => {
    const engineer = new Office();
    try {
      await engineer.playUntil('survey');
      const answer = await engineer.send(`/console/cases/${engineer.reference}/survey`, {
        method: 'POST',
        ...(await fileBody('report', 'x'.repeat(largestSurveyBytes + 100_000), 'survey.csv', {
          ...staff,
          cookie: 'hikkoshi-role=engineer',
        })),
      });
      expect(answer.status).toBe(413);
      expectManners(answer);
    } finally {
      engineer.close();
    }
  });
});
