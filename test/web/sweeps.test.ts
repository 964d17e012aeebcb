import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { OutboxEntry } from '../../functions/case/case.ts';
import type { Mail, Ports } from '../../functions/case/ports.ts';
import { sampleSettings } from '../../functions/case/sample-settings.ts';
import { deliverOutbox } from '../../functions/deliver-outbox.ts';
import { sendReminders } from '../../functions/send-reminders.ts';
import { Office } from './office.ts';

const day = 24 * 3_600_000;
const blank = async () => new TextEncoder().encode('paper');
const papers = { quote: blank, certificate: blank, invoice: blank };

let office: Office;
beforeEach(async () => {
  office = new Office();
  await office.openCase();
  await office.open('hearing-sheet');
});
afterEach(() => office.close());

const sent = async () => (await office.load()).tasks[0]!.remindersSent;
/** 10:00 in Japan, so many days after the first day. */
const tenOClock = (days: number) => new Date(Date.parse('2026-11-24T01:00:00.000Z') + days * day);

describe('the sweep of reminders', () => {
  const sweep = async () => {
    const { cases } = await sendReminders({}, office.ports);
    await deliverOutbox({}, office.ports, papers);
    return cases;
  };
  const mailsTo = (to: string) =>
    office.product.mailbox.listMails({ limit: 500 }).filter((mail) => mail.to === to);

  test('goes out on its days at ten, not a millisecond before, each once, with the same link', async () => {
    const { remindAfterDays } = sampleSettings.deadlines['hearing-sheet'];
    expect(remindAfterDays.length).toBeGreaterThan(1);
    const link = await office.link();
    for (const [index, days] of remindAfterDays.entries()) {
      office.clock.set(new Date(tenOClock(days).getTime() - 1));
      expect(await sweep()).toBe(0);
      office.clock.set(tenOClock(days));
      expect(await sweep()).toBe(1);
      expect(await sweep()).toBe(0);
      expect(await sent()).toBe(index + 1);
      expect(mailsTo('shop@example.jp')).toHaveLength(2 + index);
    }
    office.clock.advance(day - 1);
    expect(await sweep()).toBe(0);
    expect((await office.load()).nextReminderAt).toBeUndefined();
    expect(office.player.linksTo(await office.load())).toEqual([link]);
  });

  test('after a long pause one mail goes out, not three; after the deadline none', async () => {
    office.clock.set(tenOClock(13));
    expect(await sweep()).toBe(1);
    expect(mailsTo('shop@example.jp')).toHaveLength(2);
    expect(await sent()).toBe(3);

    office.clock.set(tenOClock(0));
    office.reference = '';
    await office.openCase({ mail: 'other@example.jp' });
    const { task } = await office.open('hearing-sheet');
    office.clock.set(new Date(Date.parse(task.dueAt) + 1));
    await sweep();
    expect(mailsTo('other@example.jp')).toHaveLength(1);
    expect((await office.ports.records.history(office.reference)).at(-1)?.what).toBe('reminder-passed-over');
  });

  test('two sweeps at once, or one that dies on the way, remind once', async () => {
    office.clock.set(tenOClock(5));
    await Promise.all([sendReminders({}, office.ports), sendReminders({}, office.ports)]);
    await deliverOutbox({}, office.ports, papers);
    expect(mailsTo('shop@example.jp')).toHaveLength(2);
    office.clock.set(tenOClock(10));
    const dying = {
      ...office.ports,
      records: {
        ...office.ports.records,
        commit: async (change) => {
          await office.ports.records.commit(change);
          throw new Error('the answer was lost');
        },
      },
    } satisfies Ports;
    await expect(sendReminders({}, dying)).rejects.toThrow('the answer was lost');
    await sweep();
    expect(mailsTo('shop@example.jp')).toHaveLength(3);
  });

  test('what was handed in is not reminded of', async () => {
    await office.answer('hearing-sheet');
    await office.settle();
    office.clock.set(tenOClock(5));
    await sweep();
    expect(
      mailsTo('shop@example.jp').filter(({ receivedAt }) => receivedAt === tenOClock(5).toISOString()),
    ).toEqual([]);
  });

  test('one case that fails keeps no other waiting, and is met again', async () => {
    const first = office.reference;
    office.reference = '';
    await office.openCase({ mail: 'other@example.jp' });
    await office.open('hearing-sheet');
    office.clock.set(tenOClock(5));
    const failing: Ports = {
      ...office.ports,
      records: {
        ...office.ports.records,
        load: (id) =>
          id === first ? Promise.reject(new Error('unreadable')) : office.ports.records.load(id),
      },
    };
    await expect(sendReminders({}, failing)).rejects.toThrow('unreadable');
    await deliverOutbox({}, office.ports, papers);
    expect(mailsTo('other@example.jp')).toHaveLength(2);
    expect(mailsTo('shop@example.jp')).toHaveLength(1);
    expect(await sweep()).toBe(1);
    expect(mailsTo('shop@example.jp')).toHaveLength(2);
  });

  test('settings that remind at other times end the sweep, and the clock that steps back too', async () => {
    const settings = structuredClone(sampleSettings);
    settings.deadlines['hearing-sheet'].remindAfterDays = [9];
    office.clock.set(tenOClock(5));
    let asked = 0;
    const changed: Ports = {
      ...office.ports,
      settings,
      records: {
        ...office.ports.records,
        remindable: (now, limit) => {
          asked += 1;
          // A sweep that never ended would starve everything, time-outs of tests included.
          if (asked > 20) throw new Error('it sweeps for ever');
          return office.ports.records.remindable(now, limit);
        },
      },
    };
    await sendReminders({}, changed);
    expect((await office.load()).nextReminderAt).toBe(tenOClock(9).toISOString());
    expect(mailsTo('shop@example.jp')).toHaveLength(1);

    office.clock.set(tenOClock(9));
    let looks = 0;
    const steppingBack: Ports = {
      ...changed,
      clock: {
        now: () => {
          looks += 1;
          return looks === 1 ? tenOClock(9) : tenOClock(8);
        },
      },
    };
    asked = 0;
    await sendReminders({}, steppingBack);
    expect(mailsTo('shop@example.jp')).toHaveLength(1);
    await sendReminders({}, changed);
    await deliverOutbox({}, office.ports, papers);
    expect(mailsTo('shop@example.jp')).toHaveLength(2);
  });

  test('it stops while there is still time to say so', async () => {
    office.clock.set(tenOClock(5));
    expect(await sendReminders({}, { ...office.ports, remaining: () => 4_000 })).toEqual({ cases: 0 });
    expect(await sent()).toBe(0);
  });
});

describe('the outbox', () => {
  /** The mail server is down until `up`. */
  const withMailer = (send: (mail: Mail) => Promise<void>): Ports => ({ ...office.ports, mailer: { send } });
  const queue = () =>
    office.database
      .prepare('SELECT id, attempts, next_attempt_at AS at, error FROM outbox ORDER BY id')
      .all()
      .map((row) => ({ ...row }));
  const answered = async () => {
    await office.answer('hearing-sheet');
    return queue();
  };

  test('waits longer after every failure, up to an hour, and then delivers under the same Message-ID', async () => {
    const ids = new Set<string>();
    const down = withMailer(async (mail) => {
      ids.add(mail.messageId);
      throw new Error(`421 try again later\n${'x'.repeat(5_000)}`);
    });
    await answered();
    const pauses: number[] = [];
    for (let attempt = 0; attempt < 14; attempt += 1) {
      await deliverOutbox({}, down, papers);
      const [entry] = queue();
      expect(entry).toMatchObject({ attempts: attempt + 1 });
      pauses.push((Date.parse(String(entry!.at)) - office.clock.now().getTime()) / 1000);
      expect(String(entry!.error).length).toBeLessThanOrEqual(1_000);
      // Not a moment too early.
      office.clock.set(new Date(Date.parse(String(entry!.at)) - 1));
      expect(await deliverOutbox({}, down, papers)).toEqual({ delivered: 0, oldestSeconds: 0 });
      office.clock.advance(1);
    }
    expect(pauses).toEqual([5, 10, 20, 40, 80, 160, 320, 640, 1280, 2560, 3600, 3600, 3600, 3600]);
    expect(ids.size).toBe(1);
    await deliverOutbox({}, office.ports, papers);
    expect(queue()).toEqual([]);
    const [mail] = office.product.mailbox.listMails();
    expect(mail).toMatchObject({ messageId: `<${[...ids][0]}>`, timesSent: 1 });
  });

  test('one entry that fails keeps no other waiting, and says how long it has waited', async () => {
    await answered();
    office.clock.advance(90_000);
    const result = await deliverOutbox(
      {},
      withMailer(() => Promise.reject(new Error('down'))),
      papers,
    );
    expect(result).toEqual({ delivered: 1, oldestSeconds: 90 });
    await office.product.runtime.step();
    expect((await office.load()).tasks.at(-1)?.kind).toBe('hearing-sheet-review');
  });

  test('the process dies between sending and noting it: sent again, and recognised', async () => {
    await answered();
    const settle = office.ports.records.settleOutbox;
    const forgetful: Ports = {
      ...office.ports,
      records: {
        ...office.ports.records,
        settleOutbox: (entry) =>
          entry.kind === 'mail'
            ? Promise.reject(new Error('died'))
            : settle.call(office.ports.records, entry),
      },
    };
    for (let life = 0; life < 5; life += 1)
      await expect(deliverOutbox({}, forgetful, papers)).rejects.toThrow('died');
    await deliverOutbox({}, office.ports, papers);
    expect(queue()).toEqual([]);
    const [latest, ...others] = office.product.mailbox.listMails();
    expect(latest).toMatchObject({ timesSent: 6 });
    expect(others.map(({ subject }) => subject)).not.toContain(latest?.subject);
  });

  test('an index that lags behind delivers nothing twice in one run', async () => {
    await answered();
    const known: OutboxEntry[] = [];
    const lagging: Ports = {
      ...office.ports,
      records: {
        ...office.ports.records,
        pendingOutbox: async (now, limit) => {
          const found = await office.ports.records.pendingOutbox(now, limit);
          known.push(
            ...found.map(({ entry }) => entry).filter(({ id }) => !known.some((one) => one.id === id)),
          );
          return known.map((entry) => ({ entry, attempts: 0 }));
        },
      },
    };
    expect(await deliverOutbox({}, lagging, papers)).toMatchObject({ delivered: 2 });
    expect(office.product.mailbox.listMails().every(({ timesSent }) => timesSent === 1)).toBe(true);
  });

  test('a token that nobody waits on any more is no failure', async () => {
    await answered();
    const deaf: Ports = {
      ...office.ports,
      workflow: { ...office.ports.workflow, succeed: async () => false },
    };
    expect(await deliverOutbox({}, deaf, papers)).toEqual({ delivered: 2, oldestSeconds: 0 });
    expect(queue()).toEqual([]);
  });

  test('an error that holds an address or a token keeps it out of pages; the queue is not shown to anybody', async () => {
    await answered();
    await deliverOutbox(
      {},
      withMailer(() => Promise.reject(new Error('550 planted-in-an-error'))),
      papers,
    );
    for (const role of ['staff', 'engineer', 'finance']) {
      const page = await office.send(`/console/cases/${office.reference}`, {
        headers: { cookie: `hikkoshi-role=${role}` },
      });
      expect(await page.text()).not.toContain('planted-in-an-error');
    }
  });

  test('it begins nothing that it may not end, and goes on where it stopped', async () => {
    const before = await answered();
    const short: Ports = { ...office.ports, remaining: () => 9_000 };
    expect(await deliverOutbox({}, short, papers)).toEqual({ delivered: 0, oldestSeconds: 0 });
    expect(queue()).toEqual(before);
    expect(await deliverOutbox({}, office.ports, papers)).toEqual({ delivered: 2, oldestSeconds: 0 });
  });

  test('an event fails and comes again with the same id; nobody is billed twice', async () => {
    await office.playUntil('acceptance-review');
    await office.answer('acceptance-review');
    // The invoice is written; its event does not get through for a while.
    const tries: string[] = [];
    const failing: Ports = {
      ...office.ports,
      events: {
        publish: async (event) => {
          tries.push(event.id);
          throw new Error('bus down');
        },
      },
    };
    for (let turn = 0; turn < 20 && tries.length < 3; turn += 1) {
      await deliverOutbox({}, failing, papers);
      await office.product.runtime.step();
      office.clock.advance(60_000);
    }
    expect(tries.length).toBeGreaterThanOrEqual(3);
    expect(new Set(tries).size).toBe(1);
    office.clock.advance(3_600_000);
    await office.settle();
    const invoices = office.product.events.listEvents().filter(({ type }) => type === 'InvoiceIssued');
    expect(invoices).toMatchObject([{ id: tries[0], timesPublished: 1 }]);
  });
});
