import { createHash } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { alreadyDonePage, latePage, receivedPage } from '../../functions/pages/after-submit-pages.ts';
import { caseListPage } from '../../functions/pages/console/case-list-page.ts';
import { casePage } from '../../functions/pages/console/case-page.ts';
import { surveyUploadPage } from '../../functions/pages/console/form-pages.ts';
import { invoicesPage } from '../../functions/pages/console/invoices-page.ts';
import { draftScript } from '../../functions/pages/draft.ts';
import { deadLinkPage } from '../../functions/pages/error-pages.ts';
import { mailPage } from '../../functions/pages/mailbox/mailbox-pages.ts';
import { mailPageHeaders, securityHeaders } from '../../functions/pages/security-headers.ts';
import { caseOf, invoiceOf } from '../letters/samples.ts';
import { everyPage } from './every-page.ts';
import { readMarkup, textOf } from './read-markup.ts';
import { casePageView, engineer, finance, now, received, site, staff } from './samples.ts';

test('the stylesheet of every page is the one that the policy names', () => {
  const policy = securityHeaders['Content-Security-Policy'];
  for (const { render, view } of everyPage) {
    const style = /<style>(.*?)<\/style>/s.exec(render(view as never))?.[1] ?? '';
    expect(policy).toContain(`'sha256-${createHash('sha256').update(style).digest('base64')}'`);
  }
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain(
    `script-src 'sha256-${createHash('sha256').update(draftScript).digest('base64')}';`,
  );
  expect(policy).not.toMatch(/unsafe|script-src[^;]*self|\*/);
  expect(mailPageHeaders['Content-Security-Policy']).not.toContain('script-src');
  expect(securityHeaders['Referrer-Policy']).toBe('no-referrer');
  expect(securityHeaders['Cache-Control']).toBe('no-store');
});

test('the page of a dead link knows of no case', () => {
  const text = textOf(deadLinkPage(site));
  expect(text).not.toMatch(/HK-|期限|株式会社髙﨑/);
});

test('after submitting, and again: the first moment, what we have, what comes next', () => {
  for (const page of [receivedPage(received), alreadyDonePage(received)]) {
    expect(textOf(page)).toContain('2026年12月8日（火） 12:30');
    expect(textOf(page)).toContain('バックアップした日');
    expect(textOf(page)).toContain('環境調査を行います');
  }
  expect(textOf(alreadyDonePage(received))).toContain('もう一度お送りいただく必要はありません');
});

test('a person without a company: their own name on the case, on the slip, and no empty line', () => {
  const view = casePageView();
  const customer = { ...view.case.customer, company: '', person: '山田 花子' };
  const page = casePage({ ...view, case: { ...view.case, customer } });
  expect(page).toMatch(/<h1><span class="figures">[^<]+<\/span> 山田 花子<\/h1>/);
  expect(page).not.toContain('<dt>会社名</dt>');
  const done = receivedPage({ ...received, company: '', person: '山田 花子' });
  expect(done).toContain('<dt>お客さま</dt><dd>山田 花子 様</dd>');
});

test('too late: nothing was accepted by silence, and whom to call (R37, R39)', () => {
  const text = textOf(
    latePage({
      site,
      title: '検収書',
      reference: 'HK-7K3M-Q2T9',
      company: '髙﨑',
      person: '髙﨑 𠮷男',
      dueAt: '2026-12-18T14:59:59.999Z',
    }),
  );
  expect(text).toContain('2026年12月18日（金） 23:59');
  expect(text).toContain('自動的に成立することはありません');
  expect(text).toContain(site.support[0]?.phone);
});

test('the page of a case holds neither task token nor link seed', () => {
  const page = casePage(casePageView());
  const [task] = caseOf().tasks;
  expect(JSON.stringify(casePageView())).not.toContain('TOKEN');
  expect(page).not.toContain('TOKEN');
  expect(page).not.toContain(task?.linkSeed);
});

test('the page of a case says who must act, what stopped and what one can do', () => {
  const page = casePage(casePageView());
  const text = textOf(page);
  for (const shown of [
    '期限超過',
    '要確認',
    '再試行では解決しません',
    '81,203 / 146,000件',
    '44%',
    '12,480件',
    'バージョン管理の内部ファイル',
    '接続情報 3件を消去',
    'public_html/inc/db.php:12',
    '見本 1.0版',
  ])
    expect(text).toContain(shown);
  expect(page).toContain('href="/console/cases/HK-7K3M-Q2T9/ledgers/web/2"');
  expect(page).toContain('action="/console/cases/HK-7K3M-Q2T9/tasks/transfer-problem.1"');
});

test('a form of a step that is no longer open is not offered', () => {
  const view = casePageView();
  for (const task of view.case.tasks) task.status = 'completed';
  expect(casePage(view)).not.toContain('tasks/transfer-problem.1');
});

test('when all is over, a source that is still closed stays in sight; other problems are past', () => {
  const view = casePageView();
  for (const task of view.case.tasks) task.status = 'completed';
  const at = now.toISOString();
  view.case.problems = [
    { plan: 'mail', run: 1, error: 'TerminalError', message: '過ぎた問題', at },
    { plan: 'cybozu', run: 1, error: 'SourceStillClosed', message: '/home/cbag/maint を手で削除', at },
  ];
  const text = textOf(casePage(view));
  expect(text).toContain('移行元に残っている作業があります');
  expect(text).toContain('/home/cbag/maint を手で削除');
  expect(text).not.toContain('過ぎた問題');
});

test('the list marks what is overdue and nothing else', () => {
  const line = {
    stage: 'checking',
    company: '髙﨑',
    waitingFor: 'staff',
    updatedAt: now.toISOString(),
  } as const;
  const page = caseListPage({
    site,
    person: staff,
    now: now.toISOString(),
    cases: [
      { ...line, id: 'HK-LATE', dueAt: '2026-12-08T03:59:59.999Z' },
      { ...line, id: 'HK-TIME', dueAt: now.toISOString() },
      { ...line, id: 'HK-NONE' },
    ],
  });
  const rows = page.split('<tr ').slice(1);
  expect(rows.map((row) => [/HK-\w+/.exec(row)?.[0], row.includes('期限超過')])).toEqual([
    ['HK-LATE', true],
    ['HK-TIME', false],
    ['HK-NONE', false],
  ]);
});

test('only staff are offered a new case', () => {
  const view = { site, now: now.toISOString(), cases: [] };
  expect(caseListPage({ ...view, person: staff })).toContain('href="/console/cases/new"');
  expect(caseListPage({ ...view, person: engineer })).not.toContain('href="/console/cases/new"');
});

test('a refused survey is answered line by line', () => {
  const sample = everyPage.find(({ name }) => name === 'survey');
  const text = textOf(surveyUploadPage(sample?.view as never));
  expect(text).toContain('3行目 重要度は「参考」「注意」「移行不可」のいずれかを記入してください。');
  expect(text).toContain('環境調査は未完了のままです');
});

test('the invoices add up', () => {
  const text = textOf(
    invoicesPage({ site, person: finance, invoices: [invoiceOf(), invoiceOf({ invoiceId: 'INV-2' })] }),
  );
  expect(text).toContain('件数 2件 税抜 250,000円 消費税 23,000円 合計（税込） 273,000円');
});

test('a mail is shown in a frame without scripts, its link can be pressed', () => {
  const page = mailPage({
    site,
    at: now.toISOString(),
    to: 'a@example.jp',
    subject: 'x',
    text: '次のリンク\nhttp://127.0.0.1:8780/t/AB_-c\n以上',
    html: '<p onclick="x">y</p>',
    attachments: [],
    backHref: '/mailbox',
  });
  const tags = readMarkup(page);
  expect(tags.find(({ name }) => name === 'iframe')?.attributes.get('sandbox')).toBe(
    'allow-popups allow-popups-to-escape-sandbox',
  );
  expect(tags.some(({ attributes }) => attributes.get('href') === 'http://127.0.0.1:8780/t/AB_-c')).toBe(
    true,
  );
});
