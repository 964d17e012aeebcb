import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { surveyFile } from '../../local/play/survey-file.ts';
import { base, confided, Office } from './office.ts';

/** What the people of a case need to see in order to do their step, and nobody else does. */
let office: Office;
beforeEach(() => {
  office = new Office();
});
afterEach(() => office.close());

const page = async (answer: Promise<Response> | Response) => (await answer).text();

describe('the engineer who surveys', () => {
  test('sees what the source was confided with, by a button only, and the look is in the history first', async () => {
    const { c } = await office.playUntil('survey');
    const engineer = await office.browser('engineer');
    const at = `/console/cases/${c.id}`;
    const shown = await page(engineer.get(at));
    expect(shown).toContain(`action="${at}/confided"`);
    expect(shown).not.toContain(confided.sourcePassword);
    expect((await engineer.get(`${at}/confided`)).status).toBe(404);

    const answer = await engineer.post(`${at}/confided`, {});
    expect(answer.headers.get('cache-control')).toBe('no-store');
    const text = await answer.text();
    expect(text).toContain(confided.sourcePassword);
    expect(text).toContain('old.example.jp');
    const history = await office.ports.records.history(c.id);
    expect(history.at(-1)).toMatchObject({ what: 'confided-shown', actor: 'engineer' });
    expect(JSON.stringify(history)).not.toContain(confided.sourcePassword);
  });

  test.each(['staff', 'finance'] as const)('%s is neither offered it nor given it', async (role) => {
    const { c } = await office.playUntil('survey');
    const visitor = await office.browser(role);
    const at = `/console/cases/${c.id}`;
    expect(await page(visitor.get(at))).not.toContain('/confided');
    const answer = await visitor.post(`${at}/confided`, {});
    expect(answer.status).toBe(403);
    expect(await answer.text()).not.toContain(confided.sourcePassword);
    const history = await office.ports.records.history(c.id);
    expect(history.map(({ what }) => what)).not.toContain('confided-shown');
  });

  test('finds nothing after the survey is closed, for it was erased (R24)', async () => {
    const { c } = await office.playUntil('formal-quote-review');
    const engineer = await office.browser('engineer');
    const at = `/console/cases/${c.id}`;
    expect(await page(engineer.get(at))).not.toContain('/confided');
    const text = await page(engineer.post(`${at}/confided`, {}));
    expect(text).toContain('お預かりしている接続情報はありません');
    expect(text).not.toContain(confided.sourcePassword);
  });

  test('has the customer’s answers open, and where and when at a glance', async () => {
    const { c } = await office.playUntil('survey');
    const text = await page((await office.browser('engineer')).get(`/console/cases/${c.id}`));
    expect(text).toMatch(/<details open><summary>ヒアリングシート/);
    expect(text).toContain('<dt>移行元サーバ</dt>');
    expect(text).toContain('<dt>電話番号</dt>');
  });
});

test('staff see the quote that they are about to send, from the numbers of the survey', async () => {
  const { c } = await office.playUntil('formal-quote-review');
  const staff = await office.browser('staff');
  const text = await page(staff.get(`/console/cases/${c.id}`));
  expect(text).toContain('下書きのお見積もり');
  const total = /合計（税込）<\/th><td class="n">([\d,]+)円/.exec(text)?.[1];
  await office.answer('formal-quote-review');
  await office.settle();
  const issued = (await office.load()).quotes.findLast(({ kind }) => kind === 'formal');
  expect(total).toBe(issued?.total.toLocaleString('en-US'));
});

test('a decline says what staff wrote, beginning with what the survey says (R15)', async () => {
  const { c } = await office.playUntil('survey');
  await office.player.sendSurvey(c, surveyFile(office.clock.now(), 'not-feasible'));
  const { c: surveyed } = await office.open('formal-quote-review');
  const staff = await office.browser('staff');
  const text = await page(staff.get(`/console/cases/${c.id}`));
  expect(text).toContain('お見積もりを作成できません');
  expect(text).toContain(`>\n${surveyed.survey?.reason}</textarea>`);
  await office.answer('formal-quote-review', {
    decision: 'decline',
    declineReason: '安全に移行できないと判断しました。',
  });
  await office.settle();
  const [mail] = office.product.mailbox
    .listMails({ limit: 5 })
    .filter(({ to, subject }) => to === 'shop@example.jp' && subject.includes('環境調査の結果'));
  const letter = office.product.mailbox.readMail(mail?.id ?? 0)?.text;
  expect(letter).toContain('安全に移行できないと判断しました。');
  expect(letter).not.toContain(surveyed.survey?.reason);
});

test('what waits for the person who looks stands first', async () => {
  const { c } = await office.playUntil('hearing-sheet-review');
  const list = async (role: 'staff' | 'engineer') => page((await office.browser(role)).get('/console/cases'));
  const mine = /あなたの対応待ち（1件）.*?すべての案件/s.exec(await list('staff'))?.[0];
  expect(mine).toContain(c.id);
  expect(await list('engineer')).toContain('あなたの対応を待っている案件はありません');
});

test('while the product is at work the page looks again by itself; while somebody has a step it never does', async () => {
  const refresh = /<meta http-equiv="refresh" content="3; url=(.*?)">/;
  const reference = await office.openCase();
  const at = `/console/cases/${reference}`;
  const staff = await office.browser('staff');
  expect(refresh.exec(await page(staff.get(`${at}?outcome=done`)))?.[1]).toBe(at);
  await office.playUntil('hearing-sheet-review');
  expect(await page(staff.get(at))).not.toMatch(refresh);
});

describe('the customer', () => {
  test('is led on from the link of a form that was sent back', async () => {
    await office.playUntil('hearing-sheet-review');
    const first = await office.link();
    await office.answer('hearing-sheet-review', {
      decision: 'returned',
      remarks: '会社名をご確認ください。',
    });
    const second = await office.link();
    expect(second).not.toBe(first);
    const customer = await office.browser();
    const old = await page(customer.get(first));
    expect(old).toContain('新しいメールのリンクをお使いください');
    expect(old).not.toContain('<form');
    expect(old).not.toContain(second.slice(3));
    expect(await page(customer.post(first, {}))).toContain('新しいメールのリンクをお使いください');
    expect(await page(customer.get(second))).toContain('会社名をご確認ください。');
  });

  test('need not type again what the hearing sheet says', async () => {
    await office.playUntil('source-access');
    expect(await page((await office.browser()).get(await office.link()))).toContain('value="www.example.jp"');
    await office.playUntil('order');
    const order = await page((await office.browser()).get(await office.link()));
    expect(order).toContain('value="123-4567"');
    expect(order).toContain('value="東京都千代田区丸の内一丁目1番1号"');
  });

  test('hears when the migration begins and what is theirs to do', async () => {
    await office.playUntil('migration-details');
    await office.answer('migration-details');
    await office.settle();
    const [mail] = office.product.mailbox
      .listMails({ limit: 20 })
      .filter(({ subject }) => subject.includes('移行作業の日程'));
    expect(mail?.to).toBe('shop@example.jp');
    const text = office.product.mailbox.readMail(mail?.id ?? 0)?.text;
    expect(text).toContain('DNS の変更');
    expect(text).toMatch(/開始日時: 2026年11月24日（火）/);
    expect(text).not.toContain(base);
  });
});
