import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { formFor } from '../../functions/case/forms/index.ts';
import { extraQuote } from '../../functions/case/make-quote.ts';
import { flows } from '../../functions/case/ports.ts';
import { sampleSettings } from '../../functions/case/sample-settings.ts';
import { taskKinds } from '../../functions/case/tasks.ts';
import { engines } from '../../functions/migration/engines.ts';
import { workflowHandlers } from '../../local/handlers.ts';
import { loadMachines } from '../../local/machines.ts';
import { now, sampleCase, sampleSurvey } from '../case/sample-case.ts';

interface State {
  Resource?: string;
  Arguments?: { FunctionName?: string; Payload?: unknown };
  ItemProcessor?: { States: Record<string, State> };
}

const handlers = workflowHandlers(engines);
const read = (flow: string): { States: Record<string, State> } =>
  JSON.parse(readFileSync(new URL(`../../statemachines/${flow}.asl.json`, import.meta.url), 'utf8'));

function statesOf({ States }: { States: Record<string, State> }): [string, State][] {
  return Object.entries(States).flatMap(([name, state]) => [
    [name, state] as [string, State],
    ...(state.ItemProcessor ? statesOf(state.ItemProcessor) : []),
  ]);
}

const all = flows.flatMap((flow) => statesOf(read(flow)).map(([name, state]) => ({ flow, name, state })));

test('the local runtime takes every flow', () => {
  expect([...loadMachines(Object.keys(handlers)).keys()]).toEqual([...flows]);
});

test('every function that a flow calls exists here, and none is left over', () => {
  const named = new Set(
    all.map(({ state }) => state.Arguments?.FunctionName).filter((name) => name !== undefined),
  );
  expect([...named].sort()).toEqual(
    Object.keys(handlers)
      .map((name) => `\${${name}}`)
      .sort(),
  );
});

/** threats.md, row 4: execution history is kept for 90 days. */
test('what goes to a function is case ids and small facts', () => {
  const allowed = [
    'caseId',
    'task',
    'generation',
    'dueAt',
    'about',
    'taskToken',
    'plan',
    'run',
    'scan',
    'error',
  ];
  for (const { flow, name, state } of all) {
    const payload = state.Arguments?.Payload;
    if (payload === undefined || payload === '{% $states.input %}') continue;
    for (const key of Object.keys(payload as object))
      expect([`${flow} ${name}`, allowed]).toEqual([`${flow} ${name}`, expect.arrayContaining([key])]);
  }
  expect(JSON.stringify(all)).not.toMatch(/password|Cause|forms/i);
});

test('every wait is for a known step, bounded by a deadline, and a passed deadline never accepts anything', () => {
  const waits = all.filter(({ state }) => state.Resource?.endsWith('.waitForTaskToken'));
  const asked = new Set<string>();
  for (const { name, state } of waits) {
    const { task } = state.Arguments!.Payload as { task: string };
    expect(taskKinds).toContain(task);
    asked.add(task);
    if (name === 'WaitForEscalation') continue;
    const { TimeoutSeconds, Catch } = state as {
      TimeoutSeconds?: unknown;
      Catch?: { ErrorEquals: string[]; Next: string }[];
    };
    expect(TimeoutSeconds).toBe('{% $timeoutSeconds %}');
    expect(Catch?.[0]?.ErrorEquals).toEqual(['States.Timeout']);
    expect(['ExpireTask', 'LapseTask']).toContain(Catch?.[0]?.Next);
  }
  expect([...asked].sort()).toEqual([...taskKinds].sort());
});

interface Choice {
  Choices: { Condition: string; Next: string }[];
  Default?: string;
}

/** Where a flow branches on what a person has decided, by the field that holds it. */
const decided = all.filter(
  ({ state }) =>
    (state as { Type?: string }).Type === 'Choice' && /input\.(decision|scope)\b/.test(JSON.stringify(state)),
);

test('whatever a person may decide has a branch of its own, and nothing is decided by default', () => {
  expect(decided.length).toBeGreaterThan(10);
  for (const { flow, name, state } of decided) {
    const { Choices, Default } = state as unknown as Choice;
    expect([flow, name, Default]).toEqual([flow, name, undefined]);
    expect(Choices.every(({ Condition }) => /input\.(decision|scope) = '/.test(Condition))).toBe(true);
  }
});

test.each([
  ['HearingSheetReviewed', 'hearing-sheet-review', 'decision'],
  ['ConsultationHeld', 'consultation', 'decision'],
  ['ConsentReviewed', 'consent-review', 'decision'],
  ['FormalQuoteReviewed', 'formal-quote-review', 'decision'],
  ['OrderReviewed', 'order-review', 'decision'],
  ['TransferProblemAssessed', 'transfer-problem', 'decision'],
  ['MigrationSignedOff', 'migration-sign-off', 'decision'],
  ['AcceptanceReviewed', 'acceptance-review', 'decision'],
  ['ReworkAssessed', 'rework-assessment', 'scope'],
  ['ExtraOrdered', 'extra-order', 'decision'],
  ['Escalated', 'escalation', 'decision'],
] as const)('%s knows every answer that the form of %s offers', (name, kind, field) => {
  const quoting = sampleCase({ stage: 'quoting', survey: sampleSurvey() });
  const quotes = [
    extraQuote({ c: quoting, settings: sampleSettings, now, work: { description: '作業', hours: 1 } }),
  ];
  const form = formFor(kind, { ...quoting, quotes }, sampleSettings, now);
  const asked = form.sections.flatMap(({ fields }) => fields).find((one) => one.name === field);
  const offered = asked?.options?.map(({ value }) => value) ?? [];
  const choices = all.filter((one) => one.name === name).map(({ state }) => state as unknown as Choice);
  expect(choices.length).toBeGreaterThan(0);
  for (const { Choices } of choices) {
    const known = Choices.map(({ Condition }) => new RegExp(`${field} = '([^']+)'`).exec(Condition)?.[1]);
    expect([...new Set(known)].sort()).toEqual(offered.toSorted());
  }
});
