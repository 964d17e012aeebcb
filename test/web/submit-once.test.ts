import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { TaskKind } from '../../functions/case/tasks.ts';
import { answers } from '../../local/play/answers.ts';
import { confided, formBody, Office, wordsOf } from './office.ts';

/** The last instant of the open step, as milliseconds. */
const endOfDeadline = async (office: Office, kind: TaskKind) =>
  new Date((await office.open(kind)).task.dueAt).getTime();

describe('a step is handed in once', () => {
  let office: Office;
  beforeEach(() => {
    office = new Office();
  });
  afterEach(() => office.close());

  const completions = async (id: string) =>
    (await office.ports.records.history(office.reference)).filter(
      ({ what, details }) => what === 'task-completed' && details.task === id,
    );
  const outbox = () =>
    office.database
      .prepare('SELECT data FROM outbox')
      .all()
      .map(({ data }) => JSON.parse(String(data)));

  test('fifty submits of one step at once: one is received, all others are told so', async () => {
    const { c, task } = await office.playUntil('order');
    const link = await office.link();
    const posted = answers.order(office.knowledge(c));
    const browsers = await Promise.all(Array.from({ length: 50 }, () => office.browser()));
    const pages = await Promise.all(browsers.map((browser) => browser.post(link, posted)));
    expect(pages.map(({ status }) => status)).toEqual(Array(50).fill(200));
    const texts = await Promise.all(pages.map(wordsOf));
    expect(texts.filter((text) => text.includes('確認メールをお送りしました'))).toHaveLength(1);
    expect(texts.filter((text) => text.includes('受け付け済みです'))).toHaveLength(49);

    expect(await completions(task.id)).toHaveLength(1);
    expect(outbox().filter(({ kind }) => kind === 'task-result')).toHaveLength(1);
    expect(outbox().filter(({ letter }) => letter === 'received')).toHaveLength(1);
    await office.settle();
    const mails = office.product.mailbox.listMails({ limit: 500 });
    expect(mails.filter(({ subject }) => /お申込み.*(受け付け|受付)/.test(subject))).toHaveLength(1);
    expect((await office.load()).stage).toBe('reviewing-order');
  });

  test('fifty colleagues at once, too', async () => {
    const { c, task } = await office.playUntil('acceptance-review');
    const engineer = await office.browser('engineer');
    const at = `/console/cases/${c.id}`;
    const pages = await Promise.all(
      Array.from({ length: 50 }, () => engineer.post(`${at}/tasks/${task.id}`, { decision: 'accepted' })),
    );
    const places = pages.map((page) => page.headers.get('location'));
    expect(places.filter((place) => place === `${at}?outcome=done`)).toHaveLength(1);
    expect(places.filter((place) => place === `${at}?outcome=already`)).toHaveLength(49);
    await office.settle();
    const invoices = office.product.events.listEvents().filter(({ type }) => type === 'InvoiceIssued');
    expect(invoices).toHaveLength(1);
    expect(invoices[0]?.timesPublished).toBe(1);
  });

  test('two browsers with different answers: the first result stands, the second is shown it', async () => {
    await office.openCase();
    const { c, task } = await office.open('hearing-sheet');
    const link = await office.link();
    const [first, second] = [await office.browser(), await office.browser()];
    const posted = answers['hearing-sheet'](office.knowledge(c));
    await first.get(link);
    await second.get(link);
    expect((await first.post(link, { ...posted, sourceVendor: '一番目のサーバ会社' })).status).toBe(200);
    office.clock.advance(90_000);
    const late = await second.post(link, { ...posted, sourceVendor: '二番目のサーバ会社' });
    expect(late.status).toBe(200);
    const page = await wordsOf(late);
    expect(page).toContain('受け付け済みです');
    expect(page).toContain('一番目のサーバ会社');
    expect(page).not.toContain('二番目のサーバ会社');
    expect(page).toContain('10:00');
    expect((await office.load()).forms['hearing-sheet']?.value.sourceVendor).toBe('一番目のサーバ会社');
    expect(await completions(task.id)).toHaveLength(1);
  });

  test('of two browsers that confide different passwords the one that was received is used', async () => {
    const { c } = await office.playUntil('source-access');
    const link = await office.link();
    const posted = answers['source-access'](office.knowledge(c));
    const browsers = await Promise.all(Array.from({ length: 8 }, () => office.browser()));
    const pages = await Promise.all(
      browsers.map((browser, number) => browser.post(link, { ...posted, password: `pw-${number}` })),
    );
    const texts = await Promise.all(pages.map(wordsOf));
    const winner = texts.findIndex((text) => text.includes('確認メールをお送りしました'));
    const received = (await office.load()).forms['source-access']?.value.confided;
    const kept = await office.ports.vault.get(c.id, `source-web.${received}`);
    expect(JSON.parse(kept ?? '')).toMatchObject({ password: `pw-${winner}` });
    // What the others confided goes with the rest (R24).
    await office.playUntil('formal-quote-review');
    expect(Object.keys(office.files()).filter((path) => path.includes('/vault/secrets/'))).toEqual([]);
  });

  test('a case of another customer, a step of another case: not even looked at', async () => {
    const own = await office.playUntil('consent-review');
    const first = office.reference;
    office.reference = '';
    await office.openCase({ company: '有限会社𠮷野家具', mail: 'furniture@example.jp' });
    const other = await office.playUntil('hearing-sheet-review');
    const staff = await office.browser('staff');
    const before = office.state();
    // The step exists, but in the other case.
    for (const path of [
      `/console/cases/${other.c.id}/tasks/${own.task.id}`,
      `/console/cases/${first}/tasks/${other.task.id.replace('.1', '.2')}`,
      `/console/cases/HK-2222-2222/tasks/${own.task.id}`,
      `/console/cases/${first}/tasks/__proto__`,
      `/console/cases/${first}/tasks/`,
    ]) {
      const answer = await staff.post(path, { decision: 'accepted' });
      expect([path, answer.status]).toEqual([path, 404]);
    }
    expect(office.state() === before).toBe(true);
  });

  test('a review that was pressed on an old page decides nothing about the new form', async () => {
    await office.playUntil('hearing-sheet-review');
    await office.answer('hearing-sheet-review', { decision: 'returned', remarks: '容量をご確認ください。' });
    await office.answer('hearing-sheet');
    const { c, task } = await office.open('hearing-sheet-review');
    expect(task.generation).toBe(2);
    const staff = await office.browser('staff');
    const stale = await staff.post(`/console/cases/${c.id}/tasks/hearing-sheet-review.1`, {
      decision: 'accepted',
    });
    expect(stale.headers.get('location')).toBe(`/console/cases/${c.id}?outcome=already`);
    expect((await office.load()).tasks.at(-1)).toMatchObject({ id: task.id, status: 'open' });
  });
});

describe('deadlines, to the millisecond', () => {
  let office: Office;
  beforeEach(() => {
    office = new Office();
  });
  afterEach(() => office.close());

  test.each([
    [-1, 200],
    [0, 200],
    [1, 410],
  ])('a customer who sends %i ms after the last instant hears %i', async (milliseconds, status) => {
    const { c } = await office.playUntil('acceptance');
    const link = await office.link();
    const posted = answers.acceptance(office.knowledge(c));
    const due = await endOfDeadline(office, 'acceptance');
    // Ten days, the day of sending not counted, to the end of the day in Japan (R37).
    expect(new Date(due).toISOString()).toBe('2026-12-04T14:59:59.999Z');
    office.clock.set(new Date(due + milliseconds));
    const before = office.state();
    const answer = await office.send(link, { method: 'POST', body: formBody(posted) });
    expect(answer.status).toBe(status);
    const page = await wordsOf(answer);
    if (status === 200) {
      expect((await office.load()).forms.acceptance?.value.passed).toBe(true);
      return;
    }
    // R37: nothing by silence; what it was for, until when, whom to call (R39).
    expect(office.state() === before).toBe(true);
    expect(page).toContain('受付期限を過ぎています');
    expect(page).toContain('2026年12月4日');
    expect(page).toContain(office.ports.settings.support.managed.phone);
    expect(page).toContain(c.id);
    const looked = await office.send(link);
    expect(await wordsOf(looked)).toContain('受付期限を過ぎています');
    // The wait runs a second longer than the deadline (set-deadline.ts).
    office.clock.set(new Date(due + 1_001));
    await office.settle();
    const after = await office.load();
    expect(after.stage).toBe('checking');
    expect(after.forms.acceptance).toBeUndefined();
    expect(after.tasks.at(-1)).toMatchObject({
      kind: 'escalation',
      status: 'open',
      facts: { about: 'acceptance' },
    });
    expect(office.product.events.listEvents()).toEqual([]);
  });

  test.each([
    [0, 'done'],
    [1, 'late'],
  ])('a colleague who sends %i ms after the last instant hears %s', async (milliseconds, outcome) => {
    const { c, task } = await office.playUntil('consent-review');
    const staff = await office.browser('staff');
    office.clock.set(new Date(Date.parse(task.dueAt) + milliseconds));
    const answer = await staff.post(`/console/cases/${c.id}/tasks/${task.id}`, { decision: 'accepted' });
    expect(answer.headers.get('location')).toBe(`/console/cases/${c.id}?outcome=${outcome}`);
    expect((await office.load()).stage).toBe(outcome === 'done' ? 'surveying' : 'consenting');
  });

  test('a clock that steps back does not revive what has expired', async () => {
    const { c } = await office.playUntil('consent');
    const link = await office.link();
    const due = await endOfDeadline(office, 'consent');
    office.clock.set(new Date(due + 5_000));
    await office.settle();
    office.clock.set(new Date(due - 60_000));
    const answer = await office.send(link, {
      method: 'POST',
      body: formBody(answers.consent(office.knowledge(c))),
    });
    expect(answer.status).toBe(410);
    expect((await office.load()).forms.consent).toBeUndefined();
  });

  test('what was typed is secret even on the page of a late answer', async () => {
    const { c } = await office.playUntil('source-access');
    const link = await office.link();
    office.clock.set(new Date((await endOfDeadline(office, 'source-access')) + 1));
    const body = formBody(answers['source-access'](office.knowledge(c)));
    const answer = await office.send(link, { method: 'POST', body });
    expect(answer.status).toBe(410);
    expect(await answer.text()).not.toContain(confided.sourcePassword);
  });
});
