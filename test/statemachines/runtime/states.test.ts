import { describe, expect, it } from '@jest/globals';
import { call, distributed, inline, pass, waitForToken } from './tasks-of.ts';
import { createWorld, machineOf, runOnce, SeededRandom } from './world.ts';

const input = { a: 1, list: [1, 2, 3], text: 'x' };

describe('Pass: Output, Assign and $states', () => {
  it.each<[string, Record<string, unknown>, unknown]>([
    // States Language, "Pass State": without Output the input goes on.
    ['nothing', { A: pass() }, input],
    // Step Functions, "Transforming data with JSONata": strings at any depth; other values stay.
    [
      'depth',
      { A: pass({ Output: { x: [{ y: '{% $states.input.a + 1 %}' }, 'plain'], n: null } }) },
      { x: [{ y: 2 }, 'plain'], n: null },
    ],
    ['a whole expression', { A: pass({ Output: '{% $states.input.list[$ > 1] %}' }) }, [2, 3]],
    [
      'a key of the prototype',
      { A: pass({ Output: { constructor: '{% $states.input.a %}' } }) },
      { constructor: 1 },
    ],
    // "Workflow variables": assigned values are there in the next state, not in the same.
    [
      'assign, then read',
      {
        A: pass({ Assign: { x: '{% $states.input.a %}' }, Output: 'o', Next: 'B' }),
        B: pass({ Output: '{% [$x, $states.input] %}' }),
      },
      [1, 'o'],
    ],
    [
      'all at once',
      {
        A: pass({ Assign: { x: 1, y: 2 }, Next: 'B' }),
        B: pass({ Assign: { x: '{% $y %}', y: '{% $x %}' }, Output: '{% $x %}', Next: 'C' }),
        C: pass({ Output: '{% [$x, $y, $states.input] %}' }),
      },
      [2, 1, 1],
    ],
    [
      'null',
      { A: pass({ Assign: { x: null }, Next: 'B' }), B: pass({ Output: { x: '{% $x %}' } }) },
      { x: null },
    ],
    // States Language, "Succeed State".
    ['Succeed with Output', { A: { Type: 'Succeed', Output: { b: '{% $states.input.a %}' } } }, { b: 1 }],
  ])('%s', async (_, states, output) => {
    expect(await runOnce(states, { input })).toMatchObject({ status: 'SUCCEEDED', output });
  });

  it('fails with States.QueryEvaluationError when an expression gives nothing or breaks', async () => {
    // "Transforming data with JSONata", error handling.
    for (const expression of [
      '{% $states.input.nothing %}',
      "{% $number('x') %}",
      '{% $sum %}',
      '{% function($x) { $x } %}',
      '{% [function($x) { $x }] %}',
      '{% $states.input.text + 1 %}',
    ]) {
      const { status, error, cause } = await runOnce({ A: pass({ Output: { q: expression } }) }, { input });
      expect({ status, error }).toEqual({ status: 'FAILED', error: 'States.QueryEvaluationError' });
      expect(cause).toMatch(/'Output/);
    }
  });
});

describe('the context object', () => {
  // Step Functions, "Accessing execution data from the Context object in Step Functions".
  it('tells the execution, the state and the machine', async () => {
    const { output } = await runOnce(
      { A: pass({ Next: 'B', Output: 0 }), B: pass({ Output: '{% $states.context %}' }) },
      { input },
    );
    expect(output).toEqual({
      Execution: {
        Id: 'arn:aws:states:local:000000000000:execution:machine:one',
        Input: input,
        Name: 'one',
        RoleArn: expect.stringMatching(/^arn:aws:iam::/),
        StartTime: '2026-04-01T00:00:00.000Z',
        RedriveCount: 0,
      },
      StateMachine: { Id: 'arn:aws:states:local:000000000000:stateMachine:machine', Name: 'machine' },
      State: { Name: 'B', EnteredTime: '2026-04-01T00:00:00.000Z', RetryCount: 0 },
    });
  });
});

describe('Choice', () => {
  const choice = (more: Record<string, unknown> = {}) => ({
    A: {
      Type: 'Choice',
      Choices: [
        {
          Condition: '{% $states.input.n > 10 %}',
          Next: 'B',
          Assign: { size: 'big' },
          Output: { was: '{% $states.input.n %}' },
        },
        { Condition: '{% $states.input.n > 5 %}', Next: 'B', Assign: { size: 'middle' } },
      ],
      ...more,
    },
    B: pass({ Output: '{% [$size, $states.input] %}' }),
  });
  const whenNone = { Default: 'B', Assign: { size: 'small' }, Output: 'default' };

  // States Language, "Choice State": first match; Assign and Output of the rule, those of the state with Default.
  it.each([
    [11, ['big', { was: 11 }]],
    [6, ['middle', { n: 6 }]],
    [1, ['small', 'default']],
  ])('%i', async (n, output) => {
    expect(await runOnce(choice(whenNone), { input: { n } })).toMatchObject({ output });
  });

  it('fails with States.NoChoiceMatched without Default', async () => {
    expect(await runOnce(choice(), { input: { n: 1 } })).toMatchObject({
      status: 'FAILED',
      error: 'States.NoChoiceMatched',
    });
  });

  it('takes booleans only', async () => {
    const states = {
      A: { Type: 'Choice', Choices: [{ Condition: '{% $states.input.n %}', Next: 'B' }] },
      B: pass(),
    };
    expect(await runOnce(states, { input: { n: 1 } })).toMatchObject({
      error: 'States.QueryEvaluationError',
    });
    expect(await runOnce(states, { input: { n: true } })).toMatchObject({ status: 'SUCCEEDED' });
  });
});

describe('Wait', () => {
  // States Language, "Wait State".
  it.each<[string, Record<string, unknown>, number]>([
    ['Seconds', { Seconds: 90 }, 90_000],
    ['Seconds by expression', { Seconds: '{% $states.input.a * 2 %}' }, 2000],
    ['Timestamp', { Timestamp: '2026-04-01T09:00:05+09:00' }, 5000],
    ['Timestamp by expression', { Timestamp: '{% $fromMillis($millis() + 1500) %}' }, 1500],
    ['Timestamp in the past', { Timestamp: '2020-01-01T00:00:00Z' }, 0],
  ])('%s', async (_, fields, milliseconds) => {
    const { startedAt, stoppedAt, output } = await runOnce(
      { A: { Type: 'Wait', ...fields, End: true } },
      { input },
    );
    expect(stoppedAt!.getTime() - startedAt.getTime()).toBe(milliseconds);
    expect(output).toEqual(input);
  });

  it('wakes neither before nor after its time', async () => {
    const world = createWorld({
      m: machineOf({ A: { Type: 'Wait', Seconds: 10, Output: { at: '{% $now() %}' }, End: true } }),
    });
    world.runtime.start('m', 'e', {});
    await world.runtime.step();
    expect(world.runtime.nextWakeAt()).toEqual(new Date('2026-04-01T00:00:10.000Z'));
    world.clock.advance(9999);
    expect(await world.runtime.step()).toBe(false);
    expect(world.runtime.describe('e')).toMatchObject({ status: 'RUNNING', states: ['A'] });
    world.clock.advance(1);
    expect(await world.runtime.step()).toBe(true);
    expect(world.runtime.describe('e')).toMatchObject({ output: { at: '2026-04-01T00:00:10.000Z' } });
  });

  it('fails when the expression gives no time', async () => {
    expect(
      await runOnce({ A: { Type: 'Wait', Timestamp: '{% $states.input.text %}', End: true } }, { input }),
    ).toMatchObject({
      error: 'States.QueryEvaluationError',
    });
  });
});

describe('Fail and the end of an execution', () => {
  // States Language, "Fail State".
  it('takes Error and Cause, expressions too', async () => {
    const states = { A: { Type: 'Fail', Error: 'Declined', Cause: "{% 'because ' & $states.input.text %}" } };
    expect(await runOnce(states, { input })).toMatchObject({
      status: 'FAILED',
      error: 'Declined',
      cause: 'because x',
    });
  });

  it('times out as a whole', async () => {
    // States Language, "State Machine Structure": TimeoutSeconds.
    const { status, error, stoppedAt, startedAt, history } = await runOnce(
      { A: { Type: 'Wait', Seconds: 60, End: true } },
      { top: { TimeoutSeconds: 30 } },
    );
    expect({ status, error }).toEqual({ status: 'TIMED_OUT', error: 'States.Timeout' });
    expect(stoppedAt!.getTime() - startedAt.getTime()).toBe(30_000);
    expect(history.map(({ type }) => type)).toEqual(['ExecutionStarted', 'WaitStarted', 'ExecutionTimedOut']);
  });

  it('ends after 25,000 events as in the service', async () => {
    // Step Functions quotas: execution history size.
    const { error, cause } = await runOnce({ A: pass({ Next: 'B' }), B: pass({ Next: 'A' }) });
    expect(error).toBe('States.Runtime');
    expect(cause).toMatch(/25000/);
  });

  it('keeps no frames of an execution that succeeded', async () => {
    const { world } = await runOnce(
      { A: { Type: 'Map', ItemProcessor: inline({ B: pass() }), End: true } },
      { input: [1, 2] },
    );
    for (const table of ['workflow_frame', 'workflow_item']) {
      expect(world.database.prepare(`SELECT count(*) AS n FROM ${table}`).get()).toMatchObject({ n: 0 });
    }
  });
});

describe('variables and scopes', () => {
  const outer = (processor: unknown, items: unknown = [1, 2]) => ({
    A: pass({ Assign: { x: 10 }, Next: 'M' }),
    M: { Type: 'Map', Items: items, ItemProcessor: processor, End: true },
  });

  // Step Functions, "Passing data between states with variables": scope.
  it('inner states read the outer variables and keep their own apart', async () => {
    const states = outer(
      inline({
        B: pass({ Assign: { y: '{% $states.input %}' }, Next: 'C' }),
        C: pass({ Output: '{% $x + $y %}' }),
      }),
    );
    expect(await runOnce(states)).toMatchObject({ output: [11, 12] });
  });

  it('ItemSelector of a distributed Map reads them, its states may use the same name', async () => {
    const states = outer(
      distributed({
        B: pass({ Assign: { x: '{% $states.input.v %}' }, Next: 'C' }),
        C: pass({ Output: '{% $x %}' }),
      }),
    );
    Object.assign(states.M, { ItemSelector: { v: '{% $x + $states.context.Map.Item.Value %}' } });
    expect(await runOnce(states)).toMatchObject({ output: [11, 12] });
  });

  it('a Parallel in a Map in a Parallel reads all of them', async () => {
    const innermost = {
      Type: 'Parallel',
      Branches: [inline({ E: pass({ Output: '{% $x + $y + $z %}' }) })],
      End: true,
    };
    const map = {
      Type: 'Map',
      Items: [1],
      ItemProcessor: inline({ C: pass({ Assign: { z: 100 }, Next: 'D' }), D: innermost }),
      End: true,
    };
    const states = {
      A: pass({ Assign: { x: 1 }, Next: 'P' }),
      P: {
        Type: 'Parallel',
        Branches: [inline({ B: pass({ Assign: { y: 10 }, Next: 'M' }), M: map })],
        End: true,
      },
    };
    expect(await runOnce(states)).toMatchObject({ output: [[[111]]] });
  });
});

describe('start', () => {
  it('is one execution for one name, and refuses what the service refuses', async () => {
    const world = createWorld({ m: machineOf({ A: waitForToken() }) }, { open: () => null });
    expect(world.runtime.start('m', 'e', { n: 1 })).toBe(true);
    expect(world.runtime.start('m', 'e', { n: 2 })).toBe(false);
    expect(world.runtime.describe('e')).toMatchObject({ input: { n: 1 } });
    // API reference, StartExecution: Name, Input.
    for (const name of ['', 'a b', 'a/b', 'a:b', 'x'.repeat(81)])
      expect(() => world.runtime.start('m', name, {})).toThrow(/name/);
    expect(() => world.runtime.start('other', 'x', {})).toThrow(/no state machine/);
    expect(() => world.runtime.start('m', 'x', 'あ'.repeat(90_000))).toThrow(/larger/);
    expect(world.runtime.list()).toHaveLength(1);
  });

  it('goes on with the definition that it started with', async () => {
    const world = createWorld({
      m: machineOf({ A: { Type: 'Wait', Seconds: 1, Next: 'B' }, B: pass({ Output: 'old' }) }),
    });
    world.runtime.start('m', 'e', {});
    await world.runtime.step();
    world.machines.set('m', machineOf({ C: pass({ Output: 'new' }) }));
    world.restart();
    world.runtime.start('m', 'f', {});
    await world.finish();
    expect([world.runtime.describe('e')!.output, world.runtime.describe('f')!.output]).toEqual([
      'old',
      'new',
    ]);
  });

  it('stops for good, even while an expression is being evaluated', async () => {
    const random = new SeededRandom();
    const stopping = {
      bytes: (count: number) => {
        world.runtime.stop('e', 'Stopped', '');
        return random.bytes(count);
      },
    };
    const machine = machineOf({ A: pass({ Output: '{% $uuid() %}', Next: 'B' }), B: pass() });
    const world = createWorld({ m: machine }, {}, { random: stopping });
    world.runtime.start('m', 'e', {});
    await world.runtime.step();
    expect(world.runtime.describe('e')).toMatchObject({ status: 'ABORTED', states: ['A'] });
    expect(world.runtime.history('e').at(-1)).toMatchObject({ type: 'ExecutionAborted' });
  });

  it('lists the latest first, by status', async () => {
    const world = createWorld({ m: machineOf({ A: call('f') }) }, { f: () => 1 });
    for (const name of ['a', 'b', 'c']) world.runtime.start('m', name, {});
    await world.runtime.step();
    world.runtime.start('m', 'd', {});
    expect(world.runtime.list().map(({ name }) => name)).toEqual(['d', 'c', 'b', 'a']);
    expect(world.runtime.list({ status: 'SUCCEEDED', limit: 2 }).map(({ name }) => name)).toEqual(['c', 'b']);
  });
});
