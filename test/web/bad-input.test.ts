import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { sourceAccess } from '../../functions/case/forms/source-access.ts';
import { answers } from '../../local/play/answers.ts';
import { surveyFile } from '../../local/play/survey-file.ts';
import { confided, fileBody, formBody, Office, wordsOf } from './office.ts';

/** The element of the question, with its control, its help and what is wrong. */
function questionOf(page: string, name: string): string {
  const parts = page.split(/(?=<(?:div|fieldset) class="field)/);
  const found = parts.find((part) => part.includes(` name="${name}"`));
  if (!found) throw new Error(`the page does not ask for ${name}`);
  return found;
}

const japanese = /[\u3040-\u30ff\u4e00-\u9fff]/;

describe('what is not valid is answered at its field, and kept', () => {
  let office: Office;
  beforeEach(() => {
    office = new Office();
  });
  afterEach(() => office.close());

  const post = (path: string, body: NonNullable<RequestInit['body']>, headers: Record<string, string> = {}) =>
    office.send(path, { method: 'POST', body, headers });
  const asStaff = { cookie: 'hikkoshi-role=staff', 'sec-fetch-site': 'same-origin' };
  const asEngineer = { ...asStaff, cookie: 'hikkoshi-role=engineer' };

  test('a hearing sheet with many mistakes: one sentence each, everything typed stands as it was', async () => {
    await office.openCase();
    const { c } = await office.open('hearing-sheet');
    const link = await office.link();
    const typed = {
      ...answers['hearing-sheet'](office.knowledge(c)),
      kana: '<b>漢字</b>',
      phone: '１２',
      postalCode: '12-34 "x"',
      mail: 'shop@example.jp, evil@example.com',
      sourceHost: 'https://exa mple',
      webGigabytes: 'たくさん',
      wantedDate: '2026-02-30',
      plans: ['web', 'mail'],
      sourceVendor: '髙﨑 𠮷㈱ & "quoted" <script>alert(1)</script>',
    };
    const before = office.state();
    const answer = await post(link, formBody(typed));
    expect(answer.status).toBe(422);
    expect(office.state() === before).toBe(true);
    const page = await answer.text();
    for (const name of ['kana', 'phone', 'postalCode', 'mail', 'sourceHost', 'webGigabytes', 'wantedDate']) {
      const question = questionOf(page, name);
      const sentence = /class="problem"[^>]*>.*?<\/span>(.*?)<\/p>/s.exec(question)?.[1] ?? '';
      expect([name, sentence]).toEqual([name, expect.stringMatching(japanese)]);
      expect(question).toContain('aria-invalid="true"');
      const kept = /\bvalue="([^"]*)"/.exec(question)?.[1] ?? '';
      const plain = kept.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"');
      expect([name, plain]).toEqual([name, typed[name as 'kana']]);
      // The summary at the top leads there.
      const id = / id="(field-[^"]+?)"/.exec(question.slice(question.indexOf('<input')))?.[1];
      expect(page).toContain(`href="#${id}"`);
    }
    const valid = questionOf(page, 'sourceVendor');
    expect(valid).not.toContain('class="problem"');
    expect(valid).toContain('髙﨑 𠮷㈱ &amp; &quot;quoted&quot; &lt;script&gt;');
    expect(page).not.toContain('<script>alert');
    const plans = questionOf(page, 'plans');
    expect(plans).toMatch(/value="web"[^>]* checked/);
    expect(plans).toMatch(/value="mail"[^>]* checked/);
    expect(plans).not.toMatch(/value="database"[^>]* checked/);
    expect(page).toContain('まだ送信されていません');
    expect(page).toContain('<title>エラー: ');
  });

  test('nothing but the wish to move everything: every question that must be answered says so', async () => {
    await office.openCase();
    await office.open('hearing-sheet');
    const plans = ['web', 'database', 'mail', 'cybozu'];
    const answer = await post(
      await office.link(),
      formBody({ plans, serverKind: 'managed', copyHours: 'limited' }),
    );
    expect(answer.status).toBe(422);
    const page = await answer.text();
    const must = page
      .split(/(?=<(?:div|fieldset) class="field)/)
      .filter((part) => part.includes('class="must"') && !/name="(plans|serverKind)"/.test(part));
    expect(must.length).toBeGreaterThan(20);
    expect(must.filter((part) => !part.includes('class="problem"'))).toEqual([]);
  });

  test('a password is not kept, and the page says that it has to be typed again', async () => {
    const { c } = await office.playUntil('source-access');
    const typed = {
      ...answers['source-access'](office.knowledge(c)),
      passphrase: 'Kagi-no-kagi',
      host: '//',
    };
    const answer = await post(await office.link(), formBody(typed));
    expect(answer.status).toBe(422);
    const page = await answer.text();
    expect(page).not.toContain(confided.sourcePassword);
    expect(page).not.toContain('Kagi-no-kagi');
    expect(page).toContain('もう一度ご入力ください');
    expect(questionOf(page, 'user')).toContain('value="moto"');
    // Whatever the form calls secret is a field that does not show what it holds, or is never filled.
    const form = sourceAccess({ c, settings: office.ports.settings, now: office.clock.now() });
    const secret = form.sections
      .flatMap(({ fields }) => fields)
      .filter((one) => one.secret || one.kind === 'password');
    expect(secret.map(({ name }) => name)).toEqual(['password', 'privateKey', 'passphrase']);
  });

  test('header injection: no case is opened, no mail is sent', async () => {
    const valid = {
      company: '株式会社髙﨑商店',
      person: '髙﨑 𠮷男',
      mail: 'shop@example.jp',
      contractNumber: 'MS-1234567',
      serverKind: 'managed',
      startWith: 'simple-quote',
      draw: '0123456789abcdef'.repeat(2),
    };
    const before = office.state();
    for (const [name, value] of [
      ['mail', 'v@example.jp\r\nBcc: evil@example.com'],
      ['mail', 'v@example.jp\nBcc: evil@example.com'],
      ['mail', 'v@example.jp,evil@example.com'],
      ['mail', 'v@example.jp; evil@example.com'],
      ['mail', '"evil@example.com" <v@example.jp>'],
      ['mail', 'v@example.jp\u2028Bcc: evil@example.com'],
      ['mail', 'v@example.jp\0'],
      ['company', '髙﨑\r\nBcc: evil@example.com'],
      ['person', '髙﨑\nSubject: x'],
      ['person', '髙﨑\u202eevil'],
    ] as const) {
      const answer = await post('/console/cases/new', formBody({ ...valid, [name]: value }), asStaff);
      expect([name, value, answer.status]).toEqual([name, value, 422]);
      expect(questionOf(await answer.text(), name)).toContain('class="problem"');
    }
    expect(office.state() === before).toBe(true);
    expect((await post('/console/cases/new', formBody(valid), asStaff)).status).toBe(303);
  });

  test('a line break in remarks is a line break in the mail, never a header', async () => {
    await office.playUntil('hearing-sheet-review');
    const remarks = '容量をご確認ください。\r\nBcc: evil@example.com\r\n\r\n<b>本文</b>';
    await office.answer('hearing-sheet-review', { decision: 'returned', remarks });
    await office.settle();
    const [mail] = office.product.mailbox.listMails();
    expect(mail?.to).toBe('shop@example.jp');
    expect(mail?.subject).not.toMatch(/[\r\n]|Bcc/);
    const { text, html } = office.product.mailbox.readMail(mail!.id)!;
    expect(text).toContain('Bcc: evil@example.com');
    expect(html).not.toContain('<b>本文</b>');
  });

  test.each<[string, number, string, string]>([
    ['JSON', 415, 'application/json', '{"decision":"accepted"}'],
    ['plain text, as a form of another site can send it', 415, 'text/plain', 'decision=accepted'],
    ['a type that only begins alike', 415, 'application/x-www-form-urlencoded2', 'decision=accepted'],
    ['half a megabyte and more', 413, 'application/x-www-form-urlencoded', `decision=${'x'.repeat(524_288)}`],
    [
      'more fields than any form has',
      400,
      'application/x-www-form-urlencoded',
      'decision=accepted&'.repeat(501),
    ],
  ])('%s is refused with %i, and nothing happens', async (_, status, type, body) => {
    const { c, task } = await office.playUntil('hearing-sheet-review');
    const before = office.state();
    const headers = { ...asStaff, 'content-type': type };
    const answer = await post(`/console/cases/${c.id}/tasks/${task.id}`, body, headers);
    expect(answer.status).toBe(status);
    expect(await wordsOf(answer)).toContain('受け付けられていません');
    expect(office.state() === before).toBe(true);
  });

  test('a body without an end is cut off, whatever its length says', async () => {
    await office.openCase();
    await office.open('hearing-sheet');
    let sent = 0;
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        sent += 65_536;
        controller.enqueue(new Uint8Array(65_536).fill(0x61));
      },
    });
    const answer = await office.pages.fetch(
      new Request(`http://hikkoshi.test${await office.link()}`, {
        method: 'POST',
        body: endless,
        duplex: 'half',
        headers: { 'content-type': 'application/x-www-form-urlencoded', 'content-length': '10' },
      } as RequestInit),
    );
    expect(answer.status).toBe(413);
    // So much is thrown away for a browser that would not look at the answer before; no more.
    expect(sent).toBeLessThan(9_500_000);
  });

  test.each([
    '../../../etc/cron.d/x.csv',
    '..\\..\\x.csv',
    '/etc/passwd',
    'C:\\temp\\report.csv',
    '..',
    'a\0.csv',
  ])('an uploaded file called %j is refused, and nothing is written', async (name) => {
    await office.playUntil('survey');
    const before = office.state();
    const file = await fileBody('report', surveyFile(office.clock.now()), name, asEngineer);
    const answer = await office.send(`/console/cases/${office.reference}/survey`, {
      method: 'POST',
      ...file,
    });
    expect(answer.status).toBe(400);
    expect(office.state() === before).toBe(true);
    expect(existsSync(join(office.folder, '..', 'x.csv'))).toBe(false);
  });

  test('an uploaded file with mistakes is answered line by line, and the step stays open', async () => {
    await office.playUntil('survey');
    const report = surveyFile(office.clock.now())
      .replace(',1.2,', ',約1,')
      .replace('"1.2"', '"約1"')
      .replace('注意', 'ふつう');
    const file = await fileBody('report', report, '調査 報告(1).csv', asEngineer);
    const path = `/console/cases/${office.reference}/survey`;
    const answer = await office.send(path, { method: 'POST', ...file });
    expect(answer.status).toBe(422);
    const rows = [...(await answer.text()).matchAll(/data-label="箇所">(.*?)<\/td>/g)].map(
      ([, place]) => place,
    );
    expect(rows).toHaveLength(2);
    expect((await office.load()).survey).toBeUndefined();
    const good = await fileBody('report', surveyFile(office.clock.now()), '調査 報告(1).csv', asEngineer);
    expect((await office.send(path, { method: 'POST', ...good })).status).toBe(303);
    expect((await office.load()).survey?.feasible).toBe(true);
    // The upload is read from the request and kept nowhere else.
    expect(readdirSync(office.folder, { recursive: true }).join()).not.toMatch(/調査|\.csv/);
  });

  test('a file form without a file, or with a text in its place', async () => {
    await office.playUntil('survey');
    const form = new FormData();
    form.append('report', 'text');
    const made = new Response(form);
    const path = `/console/cases/${office.reference}/survey`;
    const type = made.headers.get('content-type') ?? '';
    const body = await made.arrayBuffer();
    expect((await post(path, body, { ...asEngineer, 'content-type': type })).status).toBe(400);
    expect((await post(path, 'x', { ...asEngineer, 'content-type': 'multipart/form-data' })).status).toBe(
      400,
    );
    expect(
      (await post(path, '--x\r\n', { ...asEngineer, 'content-type': 'multipart/form-data; boundary=x' }))
        .status,
    ).toBe(400);
    expect(
      (await post(path, 'report=x', { ...asEngineer, 'content-type': 'application/x-www-form-urlencoded' }))
        .status,
    ).toBe(415);
  });
});
