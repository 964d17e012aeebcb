import { createHash, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Records } from '../../functions/case/ports.ts';
import { at, change, eventEntry, historyEntry, newCase, openTask, start } from './case-for-test.ts';
import { implementations } from './implementations.ts';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const later = (minutes: number) => new Date(start + minutes * 60_000);

describe.each(implementations)('records on $name', (implementation) => {
  let records: Records;
  let stop: () => Promise<void>;
  beforeAll(async () => {
    ({ port: records, stop } = await implementation.records());
  });
  afterAll(() => stop?.());

  const aNewId = () => `T-${randomUUID()}`;

  test('a case comes back as it was committed, with the next version', async () => {
    const id = aNewId();
    expect(await records.load(id)).toBeUndefined();
    const first = newCase(id);
    await records.commit(change(first));
    expect(await records.load(id)).toEqual({ ...first, version: 1 });
    await records.commit(change({ ...first, version: 1, stage: 'consulting' }));
    expect(await records.load(id)).toMatchObject({ version: 2, stage: 'consulting' });
  });

  test('a version conflict writes nothing at all', async () => {
    const id = aNewId();
    const first = newCase(id);
    await records.commit(change(first, { history: [historyEntry(id, 1)] }));
    for (const expectedVersion of [0, 2]) {
      const stale = change(
        { ...first, stage: 'closed' },
        {
          expectedVersion,
          history: [historyEntry(id, 2)],
          outbox: [eventEntry(id, `${id}-e`, at(0))],
          links: [{ sha256: sha256(id), taskId: 'consent.1' }],
        },
      );
      await expect(records.commit(stale)).rejects.toMatchObject({ name: 'VersionConflictError' });
    }
    expect(await records.load(id)).toMatchObject({ version: 1, stage: 'hearing' });
    expect(await records.history(id)).toHaveLength(1);
    expect(await records.findLink(sha256(id))).toBeUndefined();
    const pending = await records.pendingOutbox(later(1), 1000);
    expect(pending.filter(({ entry }) => entry.caseId === id)).toEqual([]);
  });

  test('a case that does not exist cannot be changed', async () => {
    const missing = change(newCase(aNewId(), { version: 3 }));
    await expect(records.commit(missing)).rejects.toMatchObject({ name: 'VersionConflictError' });
  });

  test('of fifty commits at once one wins', async () => {
    const id = aNewId();
    await records.commit(change(newCase(id)));
    const attempts = Array.from({ length: 50 }, (_, writer) =>
      records
        .commit(
          change(newCase(id, { version: 1, createdAt: `writer-${writer}` }), {
            history: [{ ...historyEntry(id, 1), by: `writer-${writer}` }],
          }),
        )
        .then(
          () => `writer-${writer}`,
          (error: Error) => error.name,
        ),
    );
    const outcomes = await Promise.all(attempts);
    const winners = outcomes.filter((outcome) => outcome !== 'VersionConflictError');
    expect(winners).toHaveLength(1);
    expect(winners[0]).toMatch(/^writer-/);
    expect(await records.load(id)).toMatchObject({ version: 2, createdAt: winners[0] });
    expect((await records.history(id)).map((entry) => entry.by)).toEqual(winners);
  });

  test('a link is found at once, and belongs to one case for good', async () => {
    const id = aNewId();
    const hash = sha256(`link of ${id}`);
    await records.commit(change(newCase(id), { links: [{ sha256: hash, taskId: 'consent.1' }] }));
    expect(await records.findLink(hash)).toEqual({ caseId: id, taskId: 'consent.1' });
    expect(await records.findLink(sha256('another'))).toBeUndefined();
    await records.commit(
      change(newCase(id, { version: 1 }), { links: [{ sha256: hash, taskId: 'consent.1' }] }),
    );
    const thief = aNewId();
    const theft = change(newCase(thief), { links: [{ sha256: hash, taskId: 'order.1' }] });
    await expect(records.commit(theft)).rejects.toThrow('belongs to another case');
    expect(await records.load(thief)).toBeUndefined();
    expect(await records.findLink(hash)).toEqual({ caseId: id, taskId: 'consent.1' });
  });

  test('the history is read oldest first, past one page of the store', async () => {
    const id = aNewId();
    const numbers = [1, 2, 9, 10, 11, 99, 100, 1001, 99_999, 1_000_001];
    for (const [version, number] of numbers.entries()) {
      const entry = historyEntry(id, number);
      const long = { ...entry, details: { text: '長'.repeat(50_000) } };
      await records.commit(change(newCase(id, { version }), { history: [long] }));
    }
    expect((await records.history(id)).map((entry) => entry.number)).toEqual(numbers);
    expect(await records.history(aNewId())).toEqual([]);
  });

  test('the outbox gives what is due, earliest first, until it is settled', async () => {
    const id = aNewId();
    const entries = [30, 10, 20, 40].map((minute) => eventEntry(id, `${id}-${minute}`, at(minute)));
    await records.commit(change(newCase(id), { outbox: entries }));
    const due = async (minute: number, limit = 1000) =>
      (await records.pendingOutbox(later(minute), limit)).filter(({ entry }) => entry.caseId === id);
    const minutes = (found: Awaited<ReturnType<typeof due>>) =>
      found.map(({ entry }) => entry.id.slice(id.length + 1));

    expect(await due(9.99)).toEqual([]);
    expect(minutes(await due(10))).toEqual(['10']);
    expect((await due(10))[0]).toEqual({ entry: entries[1], attempts: 0 });
    expect(minutes(await due(35))).toEqual(['10', '20', '30']);
    expect((await records.pendingOutbox(later(35), 2)).length).toBe(2);

    await records.postponeOutbox(entries[1]!, later(33), 'SES is busy');
    const afterwards = await due(35);
    expect(minutes(afterwards)).toEqual(['20', '30', '10']);
    expect(afterwards[2]).toEqual({ entry: entries[1], attempts: 1 });

    await records.settleOutbox(entries[1]!);
    await records.settleOutbox(entries[1]!);
    await records.postponeOutbox(entries[1]!, later(1), 'too late: it was settled');
    expect(minutes(await due(1000))).toEqual(['20', '30', '40']);
    for (const entry of entries) await records.settleOutbox(entry);
    expect(await due(1000)).toEqual([]);
  });

  test('lists run from the latest change back, a page at a time, for everybody or for one actor', async () => {
    const ids = Array.from({ length: 7 }, aNewId);
    for (const [index, id] of ids.entries()) {
      const task = openTask(index % 2 ? 'consent' : 'survey', at(9000 + index));
      await records.commit(change(newCase(id, { updatedAt: at(5000 + index), tasks: [task] })));
    }
    const pages = async (waitingFor?: 'customer' | 'engineer') => {
      const found: string[] = [];
      let after: string | undefined;
      do {
        const page = await records.list({
          limit: 2,
          ...(waitingFor && { waitingFor }),
          ...(after && { after }),
        });
        expect(page.cases.length).toBeLessThanOrEqual(2);
        found.push(...page.cases.map((one) => one.id));
        after = page.next;
      } while (after);
      return found.filter((id) => ids.includes(id));
    };
    expect(await pages()).toEqual([...ids].reverse());
    expect(await pages('customer')).toEqual([5, 3, 1].map((index) => ids[index]));
    expect(await pages('engineer')).toEqual([6, 4, 2, 0].map((index) => ids[index]));
    const { cases } = await records.list({ limit: 1 });
    expect(cases[0]).toEqual({
      id: ids[6],
      stage: 'hearing',
      company: '株式会社髙﨑𠮷野家',
      waitingFor: 'engineer',
      dueAt: at(9006),
      updatedAt: at(5006),
    });
    expect((await records.list({ limit: 1, after: 'a forged cursor' })).cases).toEqual(cases);
  });

  test('a case leaves the list of those who have done their part', async () => {
    const id = aNewId();
    const task = openTask('hearing-sheet-review', at(100));
    await records.commit(change(newCase(id, { updatedAt: at(8000), tasks: [task] })));
    const forStaff = async () =>
      (await records.list({ waitingFor: 'staff', limit: 100 })).cases.map((one) => one.id);
    expect(await forStaff()).toContain(id);
    const done = { ...task, status: 'completed' as const };
    await records.commit(change(newCase(id, { version: 1, updatedAt: at(8001), tasks: [done] })));
    expect(await forStaff()).not.toContain(id);
    const workflow = await records.list({ waitingFor: 'system', limit: 1 });
    expect(workflow.cases[0]).toMatchObject({ id, waitingFor: 'system' });
  });

  test('reminders are found from their instant on, earliest first, and go away', async () => {
    const [first, second, never] = [aNewId(), aNewId(), aNewId()];
    await records.commit(change(newCase(second, { nextReminderAt: at(-20) })));
    await records.commit(change(newCase(first, { nextReminderAt: at(-30) })));
    await records.commit(change(newCase(never)));
    const minute = 60_000;
    expect(await records.remindable(new Date(start - 30 * minute - 1), 10)).toEqual([]);
    expect(await records.remindable(new Date(start - 30 * minute), 10)).toEqual([first]);
    expect(await records.remindable(later(0), 10)).toEqual([first, second]);
    expect(await records.remindable(later(0), 1)).toEqual([first]);
    await records.commit(change(newCase(first, { version: 1 })));
    await records.commit(change(newCase(second, { version: 1 })));
    expect(await records.remindable(later(0), 10)).toEqual([]);
  });

  test('a case that is too large, or a change of too many parts, is refused in words', async () => {
    const id = aNewId();
    const large = newCase(id, { createdAt: '大'.repeat(140_000) });
    await expect(records.commit(change(large))).rejects.toThrow(/has 42\d{4} bytes; at most 390000/);
    const history = Array.from({ length: 100 }, (_, index) => historyEntry(id, index + 1));
    await expect(records.commit(change(newCase(id), { history }))).rejects.toThrow(/101 parts/);
    const long = history.slice(0, 12).map((entry) => ({ ...entry, details: { text: 'x'.repeat(380_000) } }));
    await expect(records.commit(change(newCase(id), { history: long }))).rejects.toThrow(
      /can be written at once/,
    );
    const foreign = change(newCase(id), { history: [historyEntry('another', 1)] });
    await expect(records.commit(foreign)).rejects.toThrow('of another case');
    const clear = change(newCase(id), { links: [{ sha256: 'a-token-in-the-clear', taskId: 'consent.1' }] });
    await expect(records.commit(clear)).rejects.toThrow('SHA-256');
    expect(await records.load(id)).toBeUndefined();
    expect(await records.history(id)).toEqual([]);
    await records.commit(
      change(newCase(id, { createdAt: '大'.repeat(127_000) }), { history: history.slice(0, 90) }),
    );
    expect((await records.load(id))?.createdAt).toHaveLength(127_000);
  });

  test('text of any kind comes back as it was', async () => {
    const names = fc.string({ unit: 'grapheme', maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(names, fc.string({ unit: 'binary', maxLength: 20 }), async (company, person) => {
        const id = aNewId();
        const one = newCase(id);
        const kept = { ...one, customer: { ...one.customer, company: `髙﨑𠮷${company}`, person } };
        await records.commit(change(kept));
        expect((await records.load(id))?.customer).toEqual(kept.customer);
      }),
      { numRuns: 40 },
    );
  });
});
