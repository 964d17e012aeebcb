import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Stage } from '../../functions/case/case.ts';
import { IllegalStepError } from '../../functions/case/errors.ts';
import {
  isEnded,
  isLocked,
  lifecycle,
  type Step,
  type StepFrom,
  stageAfter,
} from '../../functions/case/lifecycle.ts';

const stages = Object.keys(lifecycle) as Stage[];
const steps = [...new Set(stages.flatMap((stage) => Object.keys(lifecycle[stage])))] as Step[];

test('a step that a stage does not list is refused by name', () => {
  fc.assert(
    fc.property(fc.constantFrom(...stages), fc.constantFrom(...steps), (stage, step) => {
      const next = (lifecycle[stage] as Partial<Record<Step, Stage>>)[step];
      if (next) expect(stageAfter(stage, step)).toBe(next);
      else expect(() => stageAfter(stage, step)).toThrow(IllegalStepError);
    }),
  );
});

test('an illegal step cannot be written', () => {
  const legal: StepFrom<'hearing'> = 'present-simple-quote';
  // @ts-expect-error: nothing is invoiced out of a hearing
  const illegal: StepFrom<'hearing'> = 'invoice';
  expect([legal, illegal]).toHaveLength(2);
});

test('R33: once an order is accepted nothing leads to an end but completion', () => {
  for (const stage of stages.filter((one) => isLocked({ stage: one }))) {
    expect(Object.keys(lifecycle[stage])).not.toContain('close');
    expect(Object.keys(lifecycle[stage])).not.toContain('decline');
  }
  expect(isLocked({ stage: 'reviewing-order' })).toBe(false);
});

test('R28: no step leads from a simple quote to an order', () => {
  expect(Object.keys(lifecycle['simple-quoted'])).toEqual(['begin-formal-quote']);
});

test('every stage can be reached, and from every stage an end', () => {
  const reachable = (from: Stage): Set<Stage> => {
    const found = new Set<Stage>([from]);
    for (const stage of found) for (const next of Object.values(lifecycle[stage]) as Stage[]) found.add(next);
    return found;
  };
  expect([...reachable('opened')].sort()).toEqual([...stages].sort());
  for (const stage of stages) expect([...reachable(stage)].some((one) => isEnded({ stage: one }))).toBe(true);
});
