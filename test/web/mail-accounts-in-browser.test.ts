import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { holdersOf } from '../../functions/case/mail-holders.ts';
import { type Serving, serve } from '../../local/serve.ts';
import { BrowserVisitor, phone, startBrowser } from '../e2e/browser/visitor.ts';
import { Office } from './office.ts';
import { workbook } from './workbook.ts';

/** A phone, a customer and their workbook. */
let office: Office;
let serving: Serving;
let browser: Browser;
const folder = mkdtempSync(join(tmpdir(), 'hikkoshi-lists-'));

beforeAll(async () => {
  office = new Office();
  await office.openCase({ plans: ['mail'] });
  await office.answer('hearing-sheet', {
    plans: ['mail'],
    mailAccounts: '2',
    mailGigabytes: '1',
    mailProtocol: 'imap',
    mailAddresses: 'info@example.jp\r\ntaro@example.jp',
  });
  for (const kind of ['hearing-sheet-review', 'formal-quote-request', 'consent', 'consent-review'] as const)
    await office.answer(kind);
  await office.open('source-access');
  serving = await serve(office.product, 0);
  browser = await startBrowser();
});

afterAll(async () => {
  await browser?.close();
  await serving?.close();
  office?.close();
  rmSync(folder, { recursive: true, force: true });
});

test('the list opens with the hearing sheet’s addresses, a workbook is answered by cell, and the mended one counts', async () => {
  const customer = await BrowserVisitor.come(browser, phone);
  const { page } = customer;
  expect(await customer.visit(serving.address + (await office.link()))).toBe(200);
  const list = page.getByLabel('メールアカウントの一覧');
  expect(await list.inputValue()).toBe('info@example.jp\ntaro@example.jp');
  await page.getByText('移行元サーバのデータを、お客さま自身でバックアップしました。').click();
  await page.getByLabel('バックアップを取得した日').fill('2026-11-24');
  await page.getByText('IMAP（フォルダも移ります）').click();
  await page.getByLabel('移行元のメールサーバ名').fill('mail.example.jp');
  await page.getByText('SSL/TLS（おすすめ）').click();
  await page.getByText('使っている方それぞれに').click();

  const upload = async (name: string, rows: string[][]) => {
    const path = join(folder, name);
    writeFileSync(path, workbook({ 表紙: [['ご提出用']], アカウント一覧: rows }));
    await page.getByLabel('一覧のファイル').setInputFiles(path);
    await page.getByRole('button', { name: 'この内容で送信する' }).click();
  };
  await upload('wrong.xlsx', [['移行元アカウント'], ['info@example.jp'], ['ta ro@example.jp']]);
  await page.getByRole('alert').waitFor();
  await customer.examine();
  expect(await page.getByRole('alert').textContent()).toContain('セル A3「移行元アカウント」');
  expect(await list.inputValue()).toBe('info@example.jp\ntaro@example.jp');
  const right = [['移行元アカウント'], ['info@example.jp'], ['hanako@example.jp']];
  await upload('right.xlsx', right);
  // Another answer was missing: the file would be, too.
  await page.getByText('ファイルは残していません。もう一度選んでください。').first().waitFor();
  await page.getByText('そのまま移す', { exact: true }).click();
  await upload('right.xlsx', right);
  await page.getByText('2アカウントのうち0アカウントのパスワードをお預かりしています。').waitFor();
  expect(holdersOf(await office.load()).map(({ user }) => user)).toEqual([
    'info@example.jp',
    'hanako@example.jp',
  ]);
});
