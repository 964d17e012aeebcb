import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { confided, Office } from './office.ts';

/** Rework (R37): the target's details are asked for once, and its passwords go nowhere else. */
let office: Office;
beforeAll(async () => {
  office = new Office();
  await office.playUntil('migration-details');
  // Later than the erasure after the survey.
  office.clock.advance(60_000);
  await office.answer('migration-details');
  await rework();
});
afterAll(() => office.close());

/** The customer's check fails, and the details are asked for again. */
async function rework(): Promise<void> {
  await office.answer('migration-sign-off');
  await office.answer('acceptance', { resultWeb: 'fail', comment: '画像が表示されません。' });
  await office.answer('acceptance-review');
  await office.answer('rework-assessment');
  await office.open('migration-details');
}

const at = () => `/console/cases/${office.reference}`;
const page = async () => (await (await office.browser('engineer')).get(at())).text();
const question = (text: string, name: string) =>
  new RegExp(`<(input|textarea|select)[^>]*id="field-${name}".*?</div>`, 's').exec(text)?.[0] ?? '';
const target = async () => {
  const suffix = (await office.load()).forms['migration-details']?.value.confided;
  return JSON.parse((await office.ports.vault.get(office.reference, `target-web.${suffix}`)) ?? '{}');
};

test('the form opens with what was given, the secrets told of and not shown', async () => {
  const text = await page();
  for (const [name, value] of [
    ['targetHost', 'old.example.jp'],
    ['targetPort', '22'],
    ['targetUser', 'saki'],
    ['targetRoot', '/'],
  ] as const)
    expect([name, question(text, name)]).toEqual([name, expect.stringContaining(`value="${value}"`)]);
  expect(text).not.toContain(confided.targetPassword);
  const label = text.slice(
    text.indexOf('for="field-targetPassword"'),
    text.indexOf('id="field-targetPassword"'),
  );
  expect(label).toContain('保存済みです。変更する場合だけ');
  expect(label).toContain('任意');
  // There was none: nothing is said to be kept.
  const key = text.slice(
    text.indexOf('for="field-targetPrivateKey"'),
    text.indexOf('id="field-targetPrivateKey"'),
  );
  expect(key).not.toContain('保存済み');
  // The date is agreed upon anew.
  expect(question(text, 'startsAt')).not.toContain(' value="2');
});

test.each([
  ['targetHost', 'elsewhere.example.jp'],
  ['targetUser', 'somebody'],
  ['targetPort', '2222'],
])('a kept password goes to no other place: another %s', async (name, value) => {
  const answer = await office.answer('migration-details', { targetPassword: '', [name]: value });
  expect(answer.status).toBe(422);
  const text = await answer.text();
  expect(text).toContain('パスワードか秘密鍵のどちらかを入力してください。');
  expect(text).not.toContain(confided.targetPassword);
});

test('a password that is left empty stays; another folder changes nothing of it', async () => {
  const answer = await office.answer('migration-details', { targetPassword: '', targetRoot: '/www' });
  expect(answer.headers.get('location')).toContain('outcome=done');
  expect(await target()).toMatchObject({ password: confided.targetPassword, user: 'saki', root: '/www' });
});

test('a new password replaces it, and what was kept beside it', async () => {
  await rework();
  const answer = await office.answer('migration-details', { targetPassword: 'Atarashii-9' });
  expect(answer.headers.get('location')).toContain('outcome=done');
  expect(await target()).toMatchObject({ password: 'Atarashii-9' });
});

test('an erasure takes it along: it is asked for again, and in no vault', async () => {
  await rework();
  expect(Object.keys(office.files()).some((path) => path.includes('/vault/secrets/'))).toBe(true);
  await office.ports.vault.erase(office.reference);
  const text = await page();
  expect(text).not.toContain('保存済みです');
  expect((await office.answer('migration-details', { targetPassword: '' })).status).toBe(422);
});
