import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { answers } from '../../local/play/answers.ts';
import { expectManners } from './manners.ts';
import { formBody, Office } from './office.ts';

const asForm = { 'content-type': 'application/x-www-form-urlencoded' };

describe('requests that no page of ours makes', () => {
  let office: Office;
  let link: string;
  let before: string;
  const asStaff = { cookie: 'hikkoshi-role=staff', 'sec-fetch-site': 'same-origin' };
  const complaints: unknown[] = [];
  const complain = console.error;

  beforeAll(async () => {
    office = new Office();
    await office.openCase();
    await office.open('hearing-sheet');
    link = await office.link();
    before = office.state();
    console.error = (...words: unknown[]) => complaints.push(words);
  });
  beforeEach(() => {
    complaints.length = 0;
  });
  afterAll(() => {
    console.error = complain;
    office.close();
  });

  /** Refused or answered, but never broken by it; and nothing has changed. */
  const harmless = (answer: Response, ...statuses: number[]) => {
    expect(statuses).toContain(answer.status);
    expectManners(answer);
    expect(complaints).toEqual([]);
    expect(office.state() === before).toBe(true);
  };
  const post = (body: string, headers: Record<string, string> = asForm) =>
    office.send(link, { method: 'POST', body, headers });

  test.each<[string, string]>([
    ['__proto__', '__proto__=x&__proto__=y&__proto__[polluted]=yes&constructor=z&prototype=z'],
    ['names of methods', 'toString=1&valueOf=1&hasOwnProperty=1&then=1&toJSON=1'],
    ['hundreds of fields', Array.from({ length: 500 }, (_, n) => `f${n}=${n}`).join('&')],
    ['one field hundreds of times', 'company=x&'.repeat(499)],
    ['NUL', 'company=%00&person=a%00b&mail=v%00@example.jp&phone=%00'],
    ['half a pair of surrogates', 'company=%ED%A0%80&person=%ED%BF%BF&address=%F0%9F'],
    ['percent signs at random', 'company=%zz&person=%&mail=%e3%81&%%%=%25%25&phone=%u3042'],
    ['other encodings', 'company=\x83\x5c\x8e\xa6&person=\xff\xfe'],
    ['nothing but signs', '&&&===&;&?#'],
    ['a very long name', `${'n'.repeat(100_000)}=1`],
    ['a very long value', `company=${'%E3%81%82'.repeat(50_000)}`],
    ['a million digits', `webGigabytes=${'9'.repeat(400_000)}&webFiles=1e999&phone=${'0'.repeat(60_000)}`],
    ['numbers that are none', 'webGigabytes=-0&webFiles=NaN&mailAccounts=Infinity&cybozuUsers=0x10'],
    ['dates that are none', 'wantedDate=99999-99-99&wantedDate=2026-02-31'],
    [
      'expressions that take long',
      `mail=${'a'.repeat(20_000)}!&kana=${'ア '.repeat(20_000)}&domains=${'a.'.repeat(30_000)}`,
    ],
  ])('%s in a form', async (_, body) => {
    harmless(await post(body), 422);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  test('a text where there are boxes, boxes where there is a text: said at the field, not broken', async () => {
    const typed = answers['hearing-sheet'](office.knowledge(await office.load()));
    harmless(await post(formBody({ ...typed, company: ['a', 'b'], kana: ['c', 'd'] }).toString()), 422);
    harmless(await post(formBody({ ...typed, plans: ['web', 'web', '../x', '__proto__'] }).toString()), 422);
    harmless(await post(formBody({ ...typed, serverKind: 'constructor' }).toString()), 422);
  });

  test.each([
    'application/x-www-form-urlencoded; charset=utf-7',
    'APPLICATION/X-WWW-FORM-URLENCODED',
    ' application/x-www-form-urlencoded ;boundary="',
  ])('the content type %j is a form', async (type) => {
    harmless(await post('company=', { 'content-type': type }), 422);
  });

  test.each([
    '/t/%',
    '/t/%00',
    '/t/%2e%2e%2fconsole',
    '/t//quote.pdf',
    '/t/a/b/c',
    `/t/${'%F0%9F%98%80'.repeat(11)}`,
    '/documents/__proto__',
    '/documents/..%2f..%2fetc%2fpasswd',
    '/mailbox/-1',
    '/mailbox/1e3',
    '/mailbox/NaN',
    '/mailbox/1/attachments/__proto__',
    '/mailbox/999999999999999999999',
    '/%2e%2e/%2e%2e/etc/passwd',
    '//evil.example/console',
    '/console%00',
    '/console/cases/%2e%2e%2f',
    '/console/cases/__proto__',
    '/console/cases/%00',
    '/console/cases/%ED%A0%80',
    `/console/cases/${'x'.repeat(10_000)}`,
  ])('GET %s', async (path) => {
    harmless(await office.send(path, { headers: asStaff }), 404);
  });

  test('parameters of the console that no page of ours makes', async () => {
    const at = `/console/cases/${office.reference}`;
    for (const outcome of [
      'constructor',
      '__proto__',
      'toString',
      'hasOwnProperty',
      '<script>alert(1)</script>',
      '',
    ]) {
      const answer = await office.send(`${at}?outcome=${encodeURIComponent(outcome)}`, { headers: asStaff });
      harmless(answer, 200);
      expect(await answer.text()).toBe(await (await office.send(at, { headers: asStaff })).text());
    }
    for (const query of [
      'after=x',
      'after=',
      `after=${Buffer.from('[1,2]').toString('base64url')}`,
      `after=${Buffer.from('{"__proto__":1}').toString('base64url')}`,
      `after=${'A'.repeat(10_000)}`,
      'waitingFor=nobody',
      'waitingFor=__proto__',
      'waitingFor=customer&waitingFor=staff',
      'reference=%00',
      'reference=%3Cscript%3Ealert(1)%3C/script%3E',
      `reference=${'Ｈ'.repeat(5_000)}`,
      'reference=HK-2222-2222',
    ]) {
      const answer = await office.send(`/console/cases?${query}`, { headers: asStaff });
      harmless(answer, 200);
      expect(await answer.text()).not.toContain('<script');
    }
    for (const path of [
      'ledgers/web/1',
      'ledgers/__proto__/1',
      'ledgers/web/1e0',
      'quotes/..%2fx.pdf',
      'quotes/.pdf',
      'invoice.pdf',
    ])
      harmless(await office.send(`${at}/${path}`, { headers: asStaff }), 404);
  });

  test('nobody is sent to another site after signing in', async () => {
    for (const to of [
      '//evil.example',
      'https://evil.example',
      '/\\evil.example',
      '\\/evil.example',
      '/%0d%0aset-cookie:x',
      'javascript:alert(1)',
      '/x\r\ny',
      `/${'x'.repeat(600)}`,
      '__proto__',
    ]) {
      const answer = await office.send('/console/sign-in', {
        method: 'POST',
        body: formBody({ role: 'staff', to }),
        headers: { 'sec-fetch-site': 'same-origin' },
      });
      harmless(answer, 303);
      const place = answer.headers.get('location') ?? '';
      expect(new URL(place, 'http://hikkoshi.test').origin).toBe('http://hikkoshi.test');
      const shown = await office.send(`/console/sign-in?to=${encodeURIComponent(to)}`);
      harmless(shown, 200);
      expect(await shown.text()).not.toContain('evil.example');
    }
    const odd = await office.send('/console/sign-in', {
      method: 'POST',
      body: 'role=root&role=staff&to=a&to=b',
      headers: { ...asForm, 'sec-fetch-site': 'same-origin' },
    });
    harmless(odd, 200);
    expect(odd.headers.get('set-cookie')).toBeNull();
  });

  test.each(['PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND'])('%s is nobody’s business', async (method) => {
    for (const path of [link, '/console/cases', `/console/cases/${office.reference}`, '/mailbox'])
      harmless(await office.send(path, { method, headers: asStaff }), 404);
  });

  test('a method that says which it would rather be', async () => {
    const headers = { ...asStaff, 'x-http-method-override': 'POST', 'x-method-override': 'DELETE' };
    harmless(await office.send(`${link}?_method=POST`, { headers }), 200);
  });

  test('HEAD is GET without the page', async () => {
    for (const path of [
      link,
      '/mailbox',
      '/console/cases',
      `/console/cases/${office.reference}`,
      '/console/cases/new',
    ]) {
      const head = await office.send(path, { method: 'HEAD', headers: asStaff });
      harmless(head, 200);
      expect(await head.text()).toBe('');
      const get = await office.send(path, { headers: asStaff });
      expect(head.headers.get('content-type')).toBe(get.headers.get('content-type'));
    }
    harmless(await office.send('/console/cases', { method: 'HEAD' }), 303);
  });

  test('odd cookies are nobody', async () => {
    for (const cookie of [
      'hikkoshi-role=root',
      'hikkoshi-role=',
      'hikkoshi-role',
      '=;;;=',
      `x=${'y'.repeat(8_000)}`,
      'xhikkoshi-role=staff',
      'hikkoshi-role=staff-x',
      'hikkoshi-role=constructor',
    ])
      harmless(await office.send('/console/cases', { headers: { cookie } }), 303);
  });
});
