import { describe, expect, test } from '@jest/globals';
import type { Case, Task } from '../../functions/case/case.ts';
import { completeTask } from '../../functions/case/complete-task.ts';
import { Decision } from '../../functions/case/decision.ts';
import { orderedQuotes } from '../../functions/case/invoice.ts';
import { openTask } from '../../functions/case/open-task.ts';
import {
  presentExtraQuote,
  presentFormalQuote,
  presentSimpleQuote,
} from '../../functions/case/present-quote.ts';
import { sampleSettings } from '../../functions/case/sample-settings.ts';
import type { TaskKind } from '../../functions/case/tasks.ts';
import { now, sampleCase, sampleSurvey, submitted } from './sample-case.ts';

/** design.md: every step may run again, after a lost answer and after a redrive days later; and clocks step back. */

const minute = 60_000;
const at = (minutes: number) => new Date(now.getTime() + minutes * minute);

function decide<T>(c: Case, when: Date, work: (decision: Decision) => T) {
  const decision = new Decision(c, { at: when, actor: 'system', by: 'test' });
  const result = work(decision);
  return { result, touched: decision.touched, ...decision.toChange() };
}

const task = (kind: TaskKind, generation: number, changes: Partial<Task> = {}): Task => ({
  id: `${kind}.${generation}`,
  kind,
  generation,
  status: 'open',
  openedAt: now.toISOString(),
  dueAt: at(60 * 24 * 10).toISOString(),
  remindersSent: 0,
  token: `token of ${kind}.${generation}`,
  ...changes,
});

describe('a quote is presented once, however far the case has come since', () => {
  test('the formal quote, after the customer has ordered', () => {
    const quoting = sampleCase({
      stage: 'quoting',
      survey: sampleSurvey(),
      forms: { 'formal-quote-review': submitted('formal-quote-review', { decision: 'approve' }) },
    });
    const presented = decide(quoting, at(1), (decision) => presentFormalQuote(decision, sampleSettings)).case;
    expect(presented.stage).toBe('formal-quoted');
    for (const stage of ['formal-quoted', 'reviewing-order', 'ordered', 'closed'] as const) {
      const again = decide({ ...presented, stage }, at(60), (decision) =>
        presentFormalQuote(decision, sampleSettings),
      );
      expect(again).toMatchObject({ touched: false, case: { stage, quotes: [{ kind: 'formal' }] } });
    }
  });

  test('the simple quote, after the customer has asked for the formal one', () => {
    const hearing = sampleCase({
      forms: {
        'hearing-sheet': submitted('hearing-sheet', {
          webGigabytes: 1,
          domains: ['example.jp'],
          cybozuInUse: 'no',
        }),
      },
    });
    const presented = decide(hearing, at(1), (decision) => presentSimpleQuote(decision, sampleSettings)).case;
    for (const stage of ['simple-quoted', 'consenting'] as const) {
      const again = decide({ ...presented, stage }, at(60), (decision) =>
        presentSimpleQuote(decision, sampleSettings),
      );
      expect(again).toMatchObject({ result: 'quoted', touched: false });
    }
  });

  test('the simple quote, when the clock stepped back before the consultation ended', () => {
    const consulted = sampleCase({
      stage: 'consulting',
      forms: {
        'hearing-sheet': submitted(
          'hearing-sheet',
          { webGigabytes: 99_999, domains: ['example.jp'] },
          at(3).toISOString(),
        ),
        consultation: submitted('consultation', { decision: 'continue' }, at(2).toISOString()),
      },
    });
    const presented = decide(consulted, at(2), (decision) => presentSimpleQuote(decision, sampleSettings));
    expect(presented).toMatchObject({ result: 'quoted', case: { stage: 'simple-quoted' } });
  });

  test('a second extra quote for a second assessment, and none for the same one', () => {
    const assessed = (when: Date) =>
      submitted('rework-assessment', { scope: 'out', description: '作業', hours: 2 }, when.toISOString());
    const outside = (generation: number) =>
      task('rework-assessment', generation, { status: 'completed', result: { scope: 'out' } });
    const reworking = sampleCase({
      stage: 'reworking',
      tasks: [outside(1)],
      forms: { 'rework-assessment': assessed(at(0)) },
    });
    // The clock has stepped back since the assessment.
    const first = decide(reworking, at(-1), (decision) => presentExtraQuote(decision, sampleSettings)).case;
    const again = decide(first, at(2), (decision) => presentExtraQuote(decision, sampleSettings));
    expect(again.touched).toBe(false);
    first.tasks.push(outside(2));
    first.forms['rework-assessment'] = { ...assessed(at(9)), taskId: 'rework-assessment.2' };
    const second = decide(first, at(10), (decision) => presentExtraQuote(decision, sampleSettings)).case;
    expect(second.quotes.map(({ number }) => number.slice(-2))).toEqual(['X1', 'X2']);
  });
});

test('extra work is billed by the number that was ordered, even when the clock stepped back in between', () => {
  const c = sampleCase({ stage: 'quoting', survey: sampleSurvey() });
  const formal = decide(c, at(0), (decision) => presentFormalQuote(decision, sampleSettings)).case;
  const reworking: Case = {
    ...formal,
    stage: 'reworking',
    tasks: [task('rework-assessment', 1, { status: 'completed', result: { scope: 'out' } })],
    forms: {
      order: submitted('order', { quoteSha256: formal.quotes[0]!.sha256 }),
      'rework-assessment': submitted('rework-assessment', { description: '作業', hours: 2 }),
    },
  };
  const quoted = decide(reworking, at(5), (decision) => presentExtraQuote(decision, sampleSettings)).case;
  quoted.tasks.push(task('extra-order', 1, { openedAt: at(4).toISOString() }));
  const { number, sha256 } = quoted.quotes[1]!;
  const ordered = decide(quoted, at(6), (decision) =>
    completeTask(decision, {
      taskId: 'extra-order.1',
      actor: 'customer',
      by: 'yoshida@example.jp',
      value: { decision: 'order', quoteSha256: sha256, quoteNumber: number },
    }),
  ).case;
  expect(orderedQuotes(ordered).map((quote) => quote.number)).toEqual([formal.quotes[0]!.number, number]);
});

test('an extension keeps the remarks of the form that was sent back', () => {
  const c = sampleCase({
    stage: 'formal-quoted',
    tasks: [
      task('order', 1, { status: 'completed', completedAt: at(1).toISOString(), linkSeed: 'ab'.repeat(32) }),
      task('order', 2, {
        status: 'expired',
        linkSeed: 'cd'.repeat(32),
        remarks: 'ご請求先をご確認ください。',
      }),
    ],
    forms: {
      order: submitted('order', {}, at(1).toISOString()),
      'order-review': submitted(
        'order-review',
        { decision: 'returned', remarks: 'ご請求先をご確認ください。' },
        at(2).toISOString(),
      ),
    },
  });
  const extended = decide(c, at(60 * 24 * 12), (decision) =>
    openTask(
      decision,
      {
        kind: 'order',
        generation: 3,
        dueAt: at(60 * 24 * 20).toISOString(),
        token: 'new',
        linkSeed: 'ef'.repeat(32),
      },
      new Uint8Array(32),
      sampleSettings,
    ),
  );
  expect(extended.case.tasks.at(-1)).toMatchObject({ id: 'order.3', remarks: 'ご請求先をご確認ください。' });
  expect(extended.outbox).toMatchObject([{ letter: 'task-returned' }]);
});
