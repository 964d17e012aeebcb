import { expect, test } from '@jest/globals';
import type { Case } from '../../functions/case/case.ts';
import { completeTask } from '../../functions/case/complete-task.ts';
import { Decision } from '../../functions/case/decision.ts';
import { expireTask } from '../../functions/case/expire-task.ts';
import { linkHash, linkToken } from '../../functions/case/link-token.ts';
import { openCase } from '../../functions/case/open-case.ts';
import { openTask, type TaskOpening } from '../../functions/case/open-task.ts';
import { nextReminder, remind } from '../../functions/case/reminders.ts';
import { sampleSettings } from '../../functions/case/sample-settings.ts';
import { nextGeneration, taskDueAt } from '../../functions/case/task-deadline.ts';

const key = new Uint8Array(32).fill(7);
const opened = new Date('2026-11-24T01:00:00.000Z');
const due = '2026-12-04T14:59:59.999Z';

const newCase = (): Case =>
  openCase(
    {
      id: 'HK-7K3M-Q2T9',
      customer: {
        company: '株式会社髙﨑商店',
        person: '𠮷野',
        mail: 'shop@example.jp',
        contractNumber: 'MS-1',
        serverKind: 'managed',
        platformMigration: false,
      },
      plans: [],
      startWith: 'simple-quote',
    },
    { at: opened, actor: 'staff', by: '受付' },
  ).case;

const decide = <T>(c: Case, at: Date | string, work: (decision: Decision) => T) => {
  const decision = new Decision(c, { at: new Date(at), actor: 'system', by: 'test' });
  const result = work(decision);
  return { result, ...decision.toChange() };
};

const opening = (changes: Partial<TaskOpening> = {}): TaskOpening => ({
  kind: 'hearing-sheet',
  generation: 1,
  dueAt: due,
  token: 'token-1',
  linkSeed: 'ab'.repeat(32),
  ...changes,
});

const asked = (changes: Partial<TaskOpening> = {}, c = newCase()) =>
  decide(c, opened, (decision) => openTask(decision, opening(changes), key, sampleSettings));

const handIn = (c: Case, at: string, taskId = 'hearing-sheet.1') =>
  decide(c, at, (decision) =>
    completeTask(decision, { taskId, actor: 'customer', by: 'shop@example.jp', value: { plans: ['web'] } }),
  );

test('opening a step asks by mail, keeps only the hash of its link, and shows the four documents (R25, R40)', () => {
  const change = asked();
  expect(change.outbox).toMatchObject([
    { kind: 'mail', letter: 'task-opened', to: 'customer', taskId: 'hearing-sheet.1' },
  ]);
  const token = linkToken(key, opening().linkSeed);
  expect(change.links).toEqual([{ sha256: linkHash(token), taskId: 'hearing-sheet.1' }]);
  expect(JSON.stringify(change)).not.toContain(token);
  expect(change.case.documents.map(({ id }) => id)).toEqual([
    'service-spec',
    'option-spec',
    'terms',
    'price-list',
  ]);
});

test('a retry of the same visit renews the token and mails nobody again', () => {
  const first = asked();
  const retry = asked({ token: 'token-2' }, first.case);
  expect(retry.case.tasks).toHaveLength(1);
  expect(retry.case.tasks[0]?.token).toBe('token-2');
  expect(retry.outbox).toEqual([]);
});

test('a redrive after the answer hands the answer to the new token', () => {
  const answered = handIn(asked().case, '2026-11-25T00:00:00.000Z');
  const redriven = asked({ token: 'token-2' }, answered.case);
  expect(redriven.outbox).toMatchObject([{ kind: 'task-result', taskId: 'hearing-sheet.1' }]);
});

test.each([
  ['one millisecond before the deadline', '2026-12-04T14:59:59.998Z', 'done'],
  ['at the deadline', due, 'done'],
  ['one millisecond after it', '2026-12-04T15:00:00.000Z', 'late'],
])('a form handed in %s', (_, at, status) => {
  expect(handIn(asked().case, at).result).toBe(status);
});

test('handing in closes the step, keeps the form and queues result and receipt; a second time changes nothing', () => {
  const change = handIn(asked().case, '2026-11-25T00:00:00.000Z');
  expect(change.result).toBe('done');
  expect(change.case.plans).toEqual(['web']);
  expect(change.outbox.map(({ kind }) => kind)).toEqual(['task-result', 'mail']);
  const again = handIn(change.case, '2026-11-25T00:00:01.000Z');
  expect(again).toMatchObject({ result: 'already', outbox: [], history: [] });
});

test('only whose step it is may answer it', () => {
  const c = asked().case;
  for (const actor of ['staff', 'engineer', 'finance'] as const) {
    const tried = decide(c, opened, (decision) =>
      completeTask(decision, { taskId: 'hearing-sheet.1', actor, by: 'x', value: {} }),
    );
    expect(tried).toMatchObject({ result: 'gone', outbox: [] });
  }
});

test('a wait that ran out: the record decides, a form that came in time counts', () => {
  const answered = handIn(asked().case, due);
  const taken = decide(answered.case, '2026-12-05T00:00:00.000Z', (decision) =>
    expireTask(decision, 'hearing-sheet', 1),
  );
  expect(taken.result).toEqual({ completed: true });
  const silent = decide(asked().case, '2026-12-05T00:00:00.000Z', (decision) =>
    expireTask(decision, 'hearing-sheet', 1),
  );
  expect(silent.result).toEqual({ completed: false });
  expect(silent.case.tasks[0]?.status).toBe('expired');
  expect(silent.outbox).toMatchObject([{ letter: 'task-expired', to: 'customer' }]);
  expect(handIn(silent.case, due).result).toBe('late');
});

test('an extension counts from the day on which staff grant it', () => {
  const expired = decide(asked().case, '2026-12-05T00:00:00.000Z', (decision) =>
    expireTask(decision, 'hearing-sheet', 1),
  ).case;
  const escalated = decide(expired, '2026-12-05T00:00:00.000Z', (decision) =>
    openTask(
      decision,
      opening({ kind: 'escalation', facts: { about: 'hearing-sheet' } }),
      key,
      sampleSettings,
    ),
  ).case;
  const granted = decide(escalated, '2026-12-07T03:00:00.000Z', (decision) =>
    completeTask(decision, {
      taskId: 'escalation.1',
      actor: 'staff',
      by: '受付',
      value: { decision: 'extend', days: 3 },
    }),
  ).case;
  expect(nextGeneration(granted, 'hearing-sheet')).toBe(2);
  const dueAgain = taskDueAt(granted, 'hearing-sheet', new Date('2026-12-07T03:00:00.000Z'), sampleSettings);
  expect(dueAgain.toISOString()).toBe('2026-12-10T14:59:59.999Z');
});

test('a form that is sent back opens again with the remarks', () => {
  const answered = handIn(asked().case, '2026-11-25T00:00:00.000Z').case;
  const reviewing = decide(answered, '2026-11-25T00:01:00.000Z', (decision) =>
    openTask(decision, opening({ kind: 'hearing-sheet-review' }), key, sampleSettings),
  ).case;
  const returned = decide(reviewing, '2026-11-25T01:00:00.000Z', (decision) =>
    completeTask(decision, {
      taskId: 'hearing-sheet-review.1',
      actor: 'staff',
      by: '受付',
      value: { decision: 'returned', remarks: 'フリガナをご確認ください。' },
    }),
  ).case;
  const again = decide(returned, '2026-11-25T01:01:00.000Z', (decision) =>
    openTask(decision, opening({ generation: 2, token: 'token-3' }), key, sampleSettings),
  );
  expect(again.case.tasks.at(-1)).toMatchObject({
    id: 'hearing-sheet.2',
    remarks: 'フリガナをご確認ください。',
  });
  expect(again.outbox).toMatchObject([{ letter: 'task-returned' }]);
});

test('after a pause of the sweep one reminder goes out for each step, not three', () => {
  const c = asked().case;
  const days = sampleSettings.deadlines['hearing-sheet'].remindAfterDays;
  expect(days.length).toBeGreaterThan(1);
  expect(nextReminder(c, sampleSettings)?.at.toISOString()).toMatch(/T01:00:00.000Z$/);
  const swept = decide(c, '2026-12-04T02:00:00.000Z', (decision) => remind(decision, sampleSettings));
  expect(swept.outbox).toHaveLength(1);
  expect(swept.case.tasks[0]?.remindersSent).toBe(days.filter((day) => day <= 10).length);
});

test('a hearing sheet that is accepted corrects how the customer is written, and not where mail goes', () => {
  const sheet = {
    company: '',
    person: '髙﨑 𠮷男',
    contractNumber: 'MS-2',
    mail: 'else@example.jp',
    plans: ['web'],
  };
  const answered = decide(asked().case, '2026-11-25T00:00:00.000Z', (decision) =>
    completeTask(decision, {
      taskId: 'hearing-sheet.1',
      actor: 'customer',
      by: 'shop@example.jp',
      value: sheet,
    }),
  ).case;
  const reviewed = (outcome: string) => {
    const reviewing = decide(answered, '2026-11-25T00:01:00.000Z', (decision) =>
      openTask(decision, opening({ kind: 'hearing-sheet-review' }), key, sampleSettings),
    ).case;
    return decide(reviewing, '2026-11-25T01:00:00.000Z', (decision) =>
      completeTask(decision, {
        taskId: 'hearing-sheet-review.1',
        actor: 'staff',
        by: '受付',
        value: { decision: outcome, remarks: '会社名をご確認ください。' },
      }),
    ).case.customer;
  };
  expect(reviewed('accepted')).toMatchObject({
    company: '',
    person: '髙﨑 𠮷男',
    contractNumber: 'MS-2',
    mail: 'shop@example.jp',
  });
  expect(reviewed('returned')).toEqual(answered.customer);
});
