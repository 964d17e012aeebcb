import { readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { dayOf } from '../../functions/case/calendar.ts';
import type { Role } from '../../functions/case/identity.ts';
import type { TaskKind } from '../../functions/case/tasks.ts';
import { surveyFile } from '../../local/play/survey-file.ts';
import { BrowserOffice } from './browser/office.ts';
import { BrowserVisitor, desk, phone, startBrowser } from './browser/visitor.ts';
import { until } from './until.ts';

/**
 * A whole case by hand: four people with browsers of their own, real pages, real mails, and data that moves between two
 * real servers. What each step shows is looked at as it goes by.
 */
let office: BrowserOffice;
let browser: Browser;
let customer: BrowserVisitor;
const colleagues = {} as Record<Role, BrowserVisitor>;
const roleNames = { staff: '受付担当', engineer: '技術担当', finance: '経理担当' };
const seen = new Set<number>();
let reference = '';

beforeAll(async () => {
  [office, browser] = await Promise.all([BrowserOffice.start(), startBrowser()]);
  customer = await BrowserVisitor.come(browser, phone);
  for (const role of ['staff', 'engineer', 'finance'] as const) {
    colleagues[role] = await BrowserVisitor.come(browser, desk);
    await colleagues[role].visit(`${office.address}/console`);
    await colleagues[role].press(`${roleNames[role]}として入る`);
  }
});

afterAll(async () => {
  await browser?.close();
  await office?.close();
});

const today = () => dayOf(office.clock.now());

/** The page of a step of the console, once it waits for its person. */
async function turn(role: Role, kind: TaskKind): Promise<BrowserVisitor> {
  await office.step(reference, kind);
  const visitor = colleagues[role];
  await visitor.visit(`${office.address}/console/cases/${reference}`);
  return visitor;
}

/** The link of the newest mail with this subject, as it stands in the mailbox. */
async function linkOf(subject: string): Promise<string> {
  const id = await office.mail(subject, seen);
  const text = office.product.mailbox.readMail(id)?.text ?? '';
  const link = /http:\/\/127\.0\.0\.1:\d+\/t\/[\w-]{43}/.exec(text)?.[0];
  if (!link) throw new Error(`no link in ${text}`);
  return link;
}

async function fillSourceAccess(): Promise<void> {
  const { port, user, privateKey, folder } = office.source;
  await customer.tickAll();
  await customer.date('バックアップを取得した日', today());
  await customer.choose('SFTP');
  await customer.type('移行元のサーバ名', '127.0.0.1');
  await customer.type('ポート番号', String(port));
  await customer.type('ユーザー名', user);
  await customer.type('秘密鍵', privateKey);
  await customer.type('Web データのフォルダ', join(folder, 'www'));
}

test('from the first mail to the invoice, by hand', async () => {
  const { staff, engineer, finance } = colleagues;

  // Staff open a case; the page follows by itself.
  await staff.visit(`${office.address}/console/cases/new`);
  await staff.type('会社名・団体名', '株式会社髙﨑商店');
  await staff.type('ご担当者のお名前', '髙﨑 𠮷男');
  await staff.type('メールアドレス', 'shop@example.jp');
  await staff.type('契約番号', 'MS-1234567');
  await staff.choose('マネージドサーバ', '簡易お見積もりから');
  await staff.press('案件を開始する');
  reference = /HK-[\w-]+/.exec(staff.page.url())?.[0] ?? '';
  await staff.page.getByText('ヒアリングシートのご記入').first().waitFor();

  // The hearing sheet, from the mailbox: what is not to be moved is not asked about.
  await office.mail('ヒアリングシートご記入', seen);
  await customer.visit(`${office.address}/mailbox`);
  await customer.page.getByRole('link', { name: 'ヒアリングシートご記入のお願い' }).click();
  const first = (await customer.page.locator('.mail-text a').getAttribute('href')) ?? '';
  await customer.visit(first);
  expect(await customer.page.getByLabel('Web データの容量').isVisible()).toBe(false);
  await customer.type('フリガナ', 'たかさきしょうてん');
  await customer.type('電話番号', '０３－１２３４－５６７８');
  await customer.type('郵便番号', '123');
  await customer.type('ご住所', '東京都千代田区丸の内1-1-1');
  await customer.type('移行元サーバの名前', 'https://www.example.jp/');
  await customer.type('移行元サーバの会社・サービス名', '不明');
  await customer.type('移行するドメイン', 'example.jp');
  await customer.choose(
    'SFTP',
    '自社（ドメイン',
    'Web データ移行',
    '使っていない',
    '夜間であれば',
    '不要（自社',
  );
  expect(await customer.page.getByLabel('Web データの容量').isVisible()).toBe(true);
  expect(await customer.page.getByLabel('メールアカウントの数').isVisible()).toBe(false);
  await customer.press('この内容で送信する');
  expect(await customer.title()).toMatch(/^エラー/);
  expect(await customer.page.locator('.problem').count()).toBe(2);
  expect(await customer.page.evaluate('document.activeElement.className')).toBe('summary');
  await customer.type('郵便番号', '123-4567');
  await customer.type('Web データの容量', '800MB');
  await customer.press('この内容で送信する');
  expect(await customer.title()).toContain('受け付けました');

  // Sent back once; the first link leads on to the new mail.
  await turn('staff', 'hearing-sheet-review');
  expect(await staff.text()).toContain('タカサキショウテン');
  await staff.choose('不備あり');
  await staff.type('お客さまへの修正のお願い', '移行元の会社名をお知らせください。');
  await staff.press('確認結果を登録する');
  const second = await linkOf('修正のお願い');
  await customer.visit(first);
  expect(await customer.title()).toContain('新しいメールのリンク');
  await customer.visit(second);
  expect(await customer.text()).toContain('移行元の会社名をお知らせください。');
  await customer.type('移行元サーバの会社・サービス名', 'みほんレンタルサーバ');
  await customer.press('この内容で送信する');
  await turn('staff', 'hearing-sheet-review');
  await staff.choose('不備なし');
  await staff.press('確認結果を登録する');

  // A simple quote cannot be ordered from (R28); the formal one begins with the consent.
  await customer.visit(await linkOf('簡易お見積もりのご提示'));
  expect(await customer.text()).toContain('本見積ではお申し込みいただけません');
  expect((await customer.download(/お見積書/)).subarray(0, 5).toString()).toBe('%PDF-');
  await customer.tickAll();
  await customer.press('正式お見積もりを依頼する');
  await customer.visit(await linkOf('同意書ご記入'));
  await customer.tickAll();
  await customer.date('バックアップを取得した日', today());
  await customer.type('同意される方のお名前', '髙﨑 𠮷男');
  await customer.choose('代表者、または契約者本人');
  await customer.press('同意して送信する');
  await turn('staff', 'consent-review');
  await staff.choose('不備なし');
  await staff.press('確認結果を登録する');

  // The engineer reaches what the customer confided, and hands in a report: a bad one, then a good one.
  await customer.visit(await linkOf('（環境調査）'));
  await fillSourceAccess();
  await customer.press('この内容で送信する');
  expect(await customer.text()).not.toContain('PRIVATE KEY');
  await turn('engineer', 'survey');
  await engineer.press('接続を確認する');
  expect(await engineer.text()).toContain(office.source.hostKey);
  await engineer.press('接続情報を表示する');
  expect(await engineer.text()).toContain(office.source.privateKey.split('\n')[1]);
  await engineer.visit(`${office.address}/console/cases/${reference}/survey`);
  const template = await engineer.download('ひな形をダウンロード');
  const report = (content: string | Buffer) =>
    engineer.page.setInputFiles('input[type=file]', {
      name: '報告.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from(content),
    });
  await report(template);
  await engineer.press('送信する');
  expect(await engineer.text()).toMatch(/2行目.*「可」か「不可」/s);
  await report(surveyFile(office.clock.now()));
  await engineer.press('送信する');

  // Staff see the quote that they send; the customer orders it in two browsers at once.
  await turn('staff', 'formal-quote-review');
  const draft = /合計（税込）\s*([\d,]+円)/.exec(await staff.text())?.[1] ?? '?';
  await staff.choose('お引き受けする');
  await staff.press('確認結果を登録する');
  const order = await linkOf('正式お見積もりのご提示');
  const other = await BrowserVisitor.come(browser, phone);
  const buyers: [BrowserVisitor, string][] = [
    [customer, '髙﨑 𠮷男'],
    [other, '髙﨑 花子'],
  ];
  for (const [buyer, signer] of buyers) {
    await buyer.visit(order);
    expect(await buyer.text()).toContain(draft);
    await buyer.tickAll();
    await buyer.date('バックアップを取得した日', today());
    await buyer.date(
      '移行の希望日（第1希望）',
      dayOf(new Date(office.clock.now().getTime() + 14 * 86_400_000)),
    );
    await buyer.type('お申し込みになる方のお名前', signer);
  }
  await Promise.all(buyers.map(([buyer]) => buyer.press('この内容で申し込む')));
  const titles = await Promise.all(buyers.map(([buyer]) => buyer.title()));
  expect(titles.filter((title) => title.includes('受け付けました'))).toHaveLength(1);
  expect(titles.filter((title) => title.includes('受け付け済みです'))).toHaveLength(1);
  const signer = buyers[titles.findIndex((title) => title.includes('受け付けました'))]![1];
  await customer.visit(order);
  expect(await customer.title()).toContain('受け付け済みです');
  expect(await customer.text()).toContain(signer);
  expect(other.complaints).toEqual([]);
  await turn('staff', 'order-review');
  await staff.choose('不備なし');
  await staff.press('確認結果を登録する');

  // Asked for again, since it was erased (R24); the engineer arranges the date, and the data moves.
  await customer.visit(await linkOf('（移行作業）'));
  expect(await customer.text()).toContain('消去済みのため');
  await fillSourceAccess();
  await customer.press('この内容で送信する');
  await turn('engineer', 'migration-details');
  const startsAt = new Date(office.clock.now().getTime() + 3_600_000);
  const inJapan = (at: Date) => new Date(at.getTime() + 9 * 3_600_000).toISOString().slice(0, 16);
  await engineer.date('移行の開始日時', inJapan(startsAt));
  await engineer.date('作業時間の終わり', inJapan(new Date(startsAt.getTime() + 6 * 3_600_000)));
  await engineer.type('お客さまにお願いする作業', 'DNS の変更');
  await engineer.choose('SFTP');
  await engineer.type('移行先のサーバ名', '127.0.0.1');
  await engineer.type('ポート番号', String(office.target.port));
  await engineer.type('ユーザー名', office.target.user);
  await engineer.type('秘密鍵', office.target.privateKey);
  await engineer.type('Web データのフォルダ', join(office.target.folder, 'www'));
  await engineer.press('移行内容を登録する');
  await office.mail('移行作業の日程', seen);
  await until(
    'the migration to wait',
    async () => (await office.load(reference)).stage === 'migrating' || undefined,
  );
  await engineer.visit(`${office.address}/console/cases/${reference}`);
  expect(await engineer.text()).toContain('に自動で始まります');
  office.clock.set(startsAt);
  await turn('engineer', 'migration-sign-off');
  expect(await engineer.text()).toMatch(/対象23件\s*移行済み22件/);
  expect((await engineer.download(/移行記録/)).toString()).toContain('./画像/写真19.jpg');
  await engineer.choose('移行作業を完了とする');
  await engineer.press('確認結果を登録する');
  for (const name of ['index.html', '画像/写真7.jpg'])
    expect(readFileSync(join(office.target.folder, 'www', name))).toEqual(
      readFileSync(join(office.source.folder, 'www', name)),
    );
  expect(() => readlinkSync(join(office.target.folder, 'www', '外へ'))).toThrow('ENOENT');

  // The certificate, its acceptance, the invoice.
  await customer.visit(await linkOf('移行作業終了'));
  const certificate = await customer.text();
  expect(certificate).toContain('DNS の変更');
  expect(certificate).toContain('移行しなかったもの（1件）');
  await customer.choose('合格');
  await customer.date('確認した日', today());
  await customer.type('検収される方のお名前', '髙﨑 𠮷男');
  await customer.press('検収書を提出する');
  await turn('engineer', 'acceptance-review');
  await engineer.choose('検収書を受理する');
  await engineer.press('確認結果を登録する');
  await until('the invoice', async () => (await office.load(reference)).invoice);
  await finance.visit(`${office.address}/console/invoices`);
  expect(await finance.text()).toContain(draft);
  expect((await finance.download('PDF')).subarray(0, 5).toString()).toBe('%PDF-');
  await staff.visit(`${office.address}/console/cases/${reference}`);
  expect(await staff.text()).toContain('ご請求済み');

  for (const { complaints } of [customer, staff, engineer, finance]) expect(complaints).toEqual([]);
});

test('pages that are not theirs, links that lead nowhere', async () => {
  const at = (path: string) => `${office.address}${path}`;
  const { staff, engineer, finance } = colleagues;
  expect(await engineer.visit(at('/console/cases/new'))).toBe(403);
  expect(await engineer.visit(at('/console/invoices'))).toBe(403);
  expect(await finance.visit(at(`/console/cases/${reference}/ledgers/web/1`))).toBe(403);
  expect(await staff.visit(at('/console/cases/HK-AAAA-AAAA'))).toBe(404);
  await staff.page.getByRole('link', { name: '案件一覧に戻る' }).click();
  expect(await staff.title()).toContain('案件一覧');
  expect(await customer.visit(at(`/t/${'A'.repeat(43)}`))).toBe(404);
  expect(await customer.title()).toContain('このリンクはご利用いただけません');
  expect(await customer.visit(at('/console/cases'))).toBe(200);
  expect(await customer.title()).toContain('サインイン');
  for (const { complaints } of [customer, staff, engineer, finance]) expect(complaints).toEqual([]);
});
