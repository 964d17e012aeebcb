import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { accountsOf } from '../../functions/migration/mail/with-mail-job.ts';
import { answers } from '../../local/play/answers.ts';
import { formBody, Office } from './office.ts';
import { workbook } from './workbook.ts';

/** As large a customer's list as the service has met, twice. */
const count = 2000;
/** What a page may weigh, in characters: a phone loads it in a moment, and a person reads it. */
const readable = 150_000;

let office: Office;
let link: string;

beforeEach(async () => {
  office = new Office();
  await office.openCase({ plans: ['mail'], startWith: 'formal-quote' });
  await office.answer('consent');
  await office.answer('consent-review');
  await office.open('source-access');
  link = await office.link();
});
afterEach(() => office.close());

const heading = ['移行元アカウント', '移行元パスワード', '種別', '転送先'];
const good = (at: number) => [`u${at}@example.jp`, `Kagi-${at}`, '', ''];
const csv = (rows: readonly string[][]) => rows.map((row) => `${row.join(',')}\r\n`).join('');

async function hand(file: string | Buffer<ArrayBuffer>, passwords = 'list'): Promise<Response> {
  const { c } = await office.open('source-access');
  const form = new FormData();
  const typed = {
    ...answers['source-access'](office.knowledge(c)),
    ...{ mailProtocol: 'imap', mailHost: 'mail.example.jp', mailSecurity: 'tls', mailDeleted: 'keep' },
    mailPasswords: passwords,
    mailList: '',
  };
  for (const [name, value] of formBody(typed)) form.append(name, value);
  form.set('mailFile', new File([file], typeof file === 'string' ? 'list.csv' : 'list.xlsx'));
  const made = new Response(form);
  const headers = { 'content-type': made.headers.get('content-type')! };
  return office.send(link, { method: 'POST', body: await made.arrayBuffer(), headers });
}

test.each([
  ['CSV', (rows: string[][]) => csv(rows)],
  ['Excel', (rows: string[][]) => workbook({ 一覧: rows })],
])(
  '%i accounts in a %s: of many wrong cells ten are named, the rest counted, and nothing is kept',
  async (_, file) => {
    const rows = Array.from({ length: count }, (_, at) =>
      at % 50 === 7 ? [`u ${at}@example.jp`, `Kagi-${at}`, '', ''] : good(at),
    );
    const before = office.state();
    const answer = await hand(file([heading, ...rows]));
    expect(answer.status).toBe(422);
    const page = await answer.text();
    const named = [...new Set(page.match(/セル [A-Z]+\d+「/g))];
    expect(named).toEqual(Array.from({ length: 10 }, (_, at) => `セル A${50 * at + 9}「`));
    expect(page).toContain('ほか30か所。');
    expect(page).not.toContain('Kagi-');
    expect(page.length).toBeLessThan(readable);
    expect(office.state() === before).toBe(true);
  },
);

test('a list that is accepted is whole for the engine and the panel, and no page shows it', async () => {
  const settings = Array.from({ length: 100 }, (_, at) => [
    `all${at}@example.jp`,
    '',
    '別名',
    'u1@example.jp',
  ]);
  const rows = [heading, ...Array.from({ length: count }, (_, at) => good(at)), ...settings];
  const answer = await hand(workbook({ 一覧: rows }));
  expect(answer.status).toBe(200);
  expect((await answer.text()).length).toBeLessThan(readable);
  const c = await office.load();
  const kept = await accountsOf(office.ports.vault, c);
  expect(kept.accounts).toHaveLength(count);
  expect(kept.accounts[1999]).toEqual({
    ...{ user: 'u1999@example.jp', password: 'Kagi-1999', targetUser: 'u1999@example.jp' },
  });
  expect(kept.settings).toHaveLength(100);
  // The case itself stays small: it is read and written at every step.
  expect(JSON.stringify(c).length).toBeLessThan(50_000);
  const engineer = await office.browser('engineer');
  const path = `/console/cases/${office.reference}`;
  const pages = [
    await office.send(link),
    await engineer.get(path),
    await engineer.post(`${path}/confided`, {}),
  ];
  for (const one of pages) {
    expect(one.status).toBe(200);
    const text = await one.text();
    expect(text).not.toContain('u1999');
    expect(text.length).toBeLessThan(readable);
  }
  const file = await (await engineer.post(`${path}/mail-accounts.csv`, {})).text();
  const lines = file.trimEnd().split('\r\n');
  expect(lines).toHaveLength(1 + count + 100);
  expect(lines[count]).toBe('"メールボックス","u1999@example.jp","Kagi-1999",""');
});

test('of many passwords that a spreadsheet would change fifty accounts are named, and the rest counted', async () => {
  const rows = Array.from({ length: count }, (_, at) => [`u${at}@example.jp`, `=Kagi-${at}`, '', '']);
  expect((await hand(csv([heading, ...rows]))).status).toBe(200);
  const engineer = await office.browser('engineer');
  const answer = await engineer.post(`/console/cases/${office.reference}/mail-accounts.csv`, {});
  expect(answer.status).toBe(422);
  const page = await answer.text();
  expect(page.match(/のパスワードの先頭の文字/g)).toHaveLength(50);
  expect(page).toContain('ほかに1950アカウントのパスワードも同じです。');
  expect(page).not.toContain('Kagi-');
});
