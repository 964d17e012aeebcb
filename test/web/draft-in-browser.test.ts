import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { type Serving, serve } from '../../local/serve.ts';
import { BrowserVisitor, phone, startBrowser } from '../e2e/browser/visitor.ts';
import { Office } from './office.ts';

/** What was typed into a long form outlives the page, in this browser alone, until it is sent. */
let browser: Browser;
let office: Office;
let serving: Serving;
let customer: BrowserVisitor;

beforeAll(async () => {
  browser = await startBrowser();
});
afterAll(() => browser?.close());
beforeEach(async () => {
  office = new Office();
  serving = await serve(office.product, 0);
  customer = await BrowserVisitor.come(browser, phone);
});
afterEach(async () => {
  expect(customer.complaints).toEqual([]);
  await customer.page.context().close();
  await serving.close();
  office.close();
});

const stored = () => customer.page.evaluate(() => Object.entries(localStorage));
const note = () => customer.page.getByText('前回の入力の途中から再開しています。');
const link = async () => serving.address + (await office.link());
/** Typed, and in the storage: the script waits a moment for more. */
const untilStored = (text: string) =>
  customer.page.waitForFunction(
    (sought) => JSON.stringify(Object.values(localStorage)).includes(sought),
    text,
  );

test('a hearing sheet goes on where it was left, and nothing stays once it is sent', async () => {
  await office.openCase();
  const { page } = customer;
  const address = await link();
  await customer.visit(address);
  expect(await note().isVisible()).toBe(false);
  expect(await page.getByText('同じメールのリンクから再開できます').isVisible()).toBe(true);
  expect(await page.getByText('送信するまで内容は保存されません').isVisible()).toBe(false);
  await customer.type('電話番号', '03-1234-5678');
  await customer.choose('メールデータ移行');
  await untilStored('03-1234-5678');

  await customer.visit(address);
  await note().waitFor();
  expect(await page.getByLabel('電話番号').first().inputValue()).toBe('03-1234-5678');
  expect(await page.locator('input[name=plans][value=mail]').isChecked()).toBe(true);
  // The storage names the step, and no credential.
  const token = new URL(address).pathname.split('/').at(-1) ?? '';
  const [[name, content] = ['', '']] = await stored();
  expect(name).toBe(`hikkoshi-draft ${office.reference}/hearing-sheet.1`);
  expect(content).not.toContain(token);

  // Sent with mistakes: what the page shows is what was sent, and it is kept.
  await customer.type('電話番号', '12');
  await customer.press('この内容で送信する');
  expect(await page.getByLabel('電話番号').first().inputValue()).toBe('12');
  expect(await note().isVisible()).toBe(false);
  expect((await stored()).flat().join()).toContain('"12"');

  await office.answer('hearing-sheet');
  await customer.visit(address);
  expect(await customer.text()).toContain('受け付け済みです');
  expect(await stored()).toEqual([]);
});

test('it can be thrown away, and is no longer kept after a week', async () => {
  await office.openCase();
  const { page } = customer;
  const address = await link();
  await customer.visit(address);
  await customer.type('電話番号', '03-1234-5678');
  await untilStored('03-1234-5678');
  await page.reload();
  await page.getByRole('button', { name: '下書きを消して、はじめから入力する' }).click();
  expect(await stored()).toEqual([]);
  expect(await page.getByLabel('電話番号').first().inputValue()).toBe('');
  // What we knew stays filled in.
  expect(await page.getByLabel('契約番号').first().inputValue()).toBe('MS-1234567');
  await page.reload();
  expect(await note().isVisible()).toBe(false);

  await customer.type('電話番号', '03-1234-5678');
  await untilStored('03-1234-5678');
  await page.evaluate(() => {
    const [[name, content] = ['', '']] = Object.entries(localStorage);
    const old = { ...JSON.parse(content), at: Date.now() - 7 * 86_400_000 - 1 };
    localStorage.setItem(name, JSON.stringify(old));
    localStorage.setItem('hikkoshi-draft broken', '{');
    localStorage.setItem('other', 'x');
  });
  // The page itself keeps its form when it is left: another one of ours only cleans up.
  await page.goto(`${serving.address}/mailbox`);
  await page.evaluate(() => {
    const [name] = Object.keys(localStorage).filter((key) => key.includes('hearing'));
    const content = JSON.parse(localStorage.getItem(name ?? '') ?? '{}');
    localStorage.setItem(name ?? '', JSON.stringify({ ...content, at: Date.now() - 7 * 86_400_000 - 1 }));
  });
  await customer.visit(address);
  expect(await note().isVisible()).toBe(false);
  expect(await page.getByLabel('電話番号').first().inputValue()).toBe('');
  expect(await stored()).toEqual([['other', 'x']]);
});

test('no password, key, user name or file is ever in it', async () => {
  await office.playUntil('source-access');
  const { page } = customer;
  await customer.visit(await link());
  await page.getByLabel('バックアップを取得した日').fill('2026-11-24');
  await page.getByLabel('移行元のサーバ名').fill('old.example.jp');
  await page.getByLabel('ユーザー名').first().fill('geheim-user');
  await page.getByLabel('パスワード', { exact: false }).first().fill('geheim-password');
  await page.getByLabel('秘密鍵').first().fill('-----BEGIN geheim-key');
  await customer.choose('SFTP（暗号化あり');
  await untilStored('old.example.jp');
  const [[, content] = ['', '']] = await stored();
  expect(content).toContain('2026-11-24');
  expect(content).not.toMatch(/geheim|sftp/);
  await page.reload();
  await note().waitFor();
  expect(await page.getByLabel('移行元のサーバ名').inputValue()).toBe('old.example.jp');
  expect(await page.getByLabel('ユーザー名').first().inputValue()).toBe('');
});

test('without scripts the page says that nothing is kept, and works', async () => {
  await office.openCase();
  const context = await browser.newContext({ javaScriptEnabled: false, viewport: phone });
  const page = await context.newPage();
  await page.goto(await link());
  expect(await page.getByText('送信するまで内容は保存されません').isVisible()).toBe(true);
  expect(await note().isVisible()).toBe(false);
  await page.getByRole('button', { name: 'この内容で送信する' }).click();
  await page.getByText('ご確認いただきたい項目が').waitFor();
  await context.close();
});
