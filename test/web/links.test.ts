import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { linkToken } from '../../functions/case/link-token.ts';
import { answers } from '../../local/play/answers.ts';
import { formBody, Office, wordsOf } from './office.ts';

const day = 24 * 3_600_000;

describe('links that open nothing (any more)', () => {
  let office: Office;
  beforeEach(() => {
    office = new Office();
  });
  afterEach(() => office.close());

  const deadPage = async () => (await office.send(`/t/${'A'.repeat(43)}`)).text();

  test('unknown, cut off, of another system, of a colleague: one and the same page', async () => {
    const { task } = await office.playUntil('hearing-sheet-review');
    const [used] = office.player.linksTo(await office.load());
    const dead = await deadPage();
    const foreign = linkToken(new Uint8Array(32), task.linkSeed ?? 'ab'.repeat(32));
    for (const token of [
      foreign,
      used!.slice(3, -1),
      `${used!.slice(3)}x`,
      used!.slice(3).toLowerCase(),
      task.id,
      office.reference,
      'undefined',
      '%00',
      '%E0%A4%A',
      '..%2f..%2fconsole',
      encodeURIComponent(`' OR 1=1 --${'x'.repeat(32)}`),
      'x'.repeat(5_000),
    ]) {
      for (const path of [`/t/${token}`, `/t/${token}/quote.pdf`, `/t/${token}/certificate.pdf`]) {
        const answer = await office.send(path);
        expect([path, answer.status]).toEqual([path, 404]);
        expect(await answer.text()).toBe(dead);
      }
      const posted = await office.send(`/t/${token}`, { method: 'POST', body: formBody({ a: 'b' }) });
      expect([token, posted.status]).toEqual([token, 404]);
      expect(await posted.text()).toBe(dead);
    }
  });

  test('that page says what to do and whom to call, for both kinds of server, and knows of no case', async () => {
    await office.playUntil('hearing-sheet-review');
    const words = (await deadPage()).replace(/<[^>]+>/g, ' ');
    const { managed, smile } = office.ports.settings.support;
    for (const { phone, chapter } of [managed, smile]) {
      expect(words).toContain(phone);
      expect(words).toContain(chapter);
    }
    expect(words).toContain('新しいご案内のメール');
    expect(words).not.toMatch(/HK-|髙﨑|ヒアリング|期限/);
  });

  test('a link that was used says what it was for, shows what we have, offers no form', async () => {
    await office.openCase();
    await office.open('hearing-sheet');
    const link = await office.link();
    await office.answer('hearing-sheet');
    const answer = await office.send(link);
    expect(answer.status).toBe(200);
    const page = await answer.text();
    expect(page).not.toContain('<form');
    expect(page).toContain('ヒアリングシートのご記入は受け付け済みです');
    expect(page).toContain(office.reference);
    expect(page).toContain(office.ports.settings.support.managed.phone);
    expect(page).not.toContain(office.ports.settings.support.smile.phone);
  });

  test('a month after it was used, or when the case was closed, it is dead like any other', async () => {
    await office.openCase();
    const { c, task } = await office.open('hearing-sheet');
    const link = await office.link();
    await office.answer('hearing-sheet');
    const dead = await deadPage();
    office.clock.advance(30 * day - 1);
    expect((await office.send(link)).status).toBe(200);
    office.clock.advance(1);
    expect(await (await office.send(link)).text()).toBe(dead);

    office.clock.set(new Date(task.openedAt));
    office.reference = '';
    await office.openCase();
    const second = await office.open('hearing-sheet');
    const open = await office.link();
    office.clock.set(new Date(Date.parse(second.task.dueAt) + 2_000));
    await office.settle();
    expect(await wordsOf(await office.send(open))).toContain('受付期限を過ぎています');
    await office.answer('escalation', { decision: 'close', days: '' });
    await office.settle();
    expect((await office.load()).stage).toBe('closed');
    const posted = formBody(answers['hearing-sheet'](office.knowledge(c)));
    const late = await office.send(open, { method: 'POST', body: posted });
    expect(late.status).toBe(410);
    expect((await office.load()).forms['hearing-sheet']).toBeUndefined();
  });

  test('a withdrawn step: its link is dead', async () => {
    await office.openCase();
    await office.open('hearing-sheet');
    const link = await office.link();
    const c = await office.load();
    const [task] = c.tasks;
    task!.status = 'withdrawn';
    await office.ports.records.commit({
      expectedVersion: c.version,
      case: { ...c, version: c.version + 1 },
      history: [],
      outbox: [],
      links: [],
    });
    const answer = await office.send(link);
    expect(answer.status).toBe(404);
    expect(await answer.text()).toBe(await deadPage());
  });

  test('the link of one customer shows nothing of another', async () => {
    await office.openCase({ company: '株式会社髙﨑商店' });
    await office.open('hearing-sheet');
    const first = await office.link();
    office.reference = '';
    await office.openCase({ company: '有限会社𠮷野家具', mail: 'furniture@example.jp' });
    await office.open('hearing-sheet');
    const second = await office.link();
    expect(first).not.toBe(second);
    expect(await (await office.send(first)).text()).not.toContain('𠮷野家具');
    expect(await (await office.send(second)).text()).not.toContain('髙﨑商店');
  });

  test('a reminder repeats the same link, and a form that came back has a new one', async () => {
    await office.openCase();
    const { task } = await office.open('hearing-sheet');
    const first = await office.link();
    office.clock.set(new Date(Date.parse(task.dueAt) - 1));
    await office.settle();
    expect(office.player.linksTo(await office.load())).toEqual([first]);
    expect((await office.load()).tasks[0]?.remindersSent).toBeGreaterThan(0);
    await office.answer('hearing-sheet');
    await office.answer('hearing-sheet-review', { decision: 'returned', remarks: '容量をご確認ください。' });
    await office.open('hearing-sheet');
    expect(await office.link()).not.toBe(first);
  });
});
