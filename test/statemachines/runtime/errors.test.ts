import { describe, expect, it } from '@jest/globals';
import { matchesError, retryDelay } from '../../../local/states-language/fail-state.ts';
import { call, failing, inline, named, pass } from './tasks-of.ts';
import { createWorld, machineOf, runOnce } from './world.ts';

describe('what ErrorEquals matches', () => {
  // Step Functions, "Handling errors in Step Functions workflows": error names.
  it.each([
    [['X'], 'X', true],
    [['X'], 'Y', false],
    [['X', 'Y'], 'Y', true],
    [['States.ALL'], 'Anything', true],
    [['States.ALL'], 'States.Timeout', true],
    [['States.ALL'], 'States.QueryEvaluationError', true],
    [['States.ALL'], 'States.DataLimitExceeded', false],
    [['States.ALL'], 'States.Runtime', false],
    [['States.DataLimitExceeded'], 'States.DataLimitExceeded', true],
    [['States.Runtime'], 'States.Runtime', false],
    [['States.TaskFailed'], 'TransientError', true],
    [['States.TaskFailed'], 'States.Timeout', false],
    [['States.TaskFailed'], 'States.DataLimitExceeded', false],
    [['States.TaskFailed'], 'States.Runtime', false],
    [['States.Timeout'], 'States.HeartbeatTimeout', true],
    [['States.HeartbeatTimeout'], 'States.Timeout', false],
    [['Transient'], 'TransientError', false],
  ])('%j and %s: %s', (errorEquals, error, expected) => {
    expect(matchesError(errorEquals, error)).toBe(expected);
  });
});

describe('the delay before a retry', () => {
  const retrier = {
    errorEquals: ['X'],
    intervalSeconds: 1,
    maxAttempts: 3,
    backoffRate: 2,
    maxDelaySeconds: undefined,
    fullJitter: false,
  };
  // States Language, "Retrying after error": the interval times BackoffRate for each retry, at most MaxDelaySeconds.
  it.each([
    [{}, [1000, 2000, 4000, 8000]],
    [{ intervalSeconds: 3, backoffRate: 1.5 }, [3000, 4500, 6750, 10_125]],
    [{ intervalSeconds: 3, maxDelaySeconds: 5 }, [3000, 5000, 5000, 5000]],
    [{ backoffRate: 1 }, [1000, 1000, 1000, 1000]],
    [{ fullJitter: true }, [250, 500, 1000, 2000]],
    [{ fullJitter: true, maxDelaySeconds: 2 }, [250, 500, 500, 500]],
  ])('%j', (more, delays) => {
    expect(delays.map((_, attempts) => retryDelay({ ...retrier, ...more }, attempts, () => 0.25))).toEqual(
      delays,
    );
  });

  it('stays finite', () => {
    expect(retryDelay({ ...retrier, backoffRate: 1e6 }, 1000, () => 0)).toBe(31_622_400_000);
  });
});

describe('Retry', () => {
  const attemptsOf = async (retry: unknown[], errors: string[], more: Record<string, unknown> = {}) => {
    const world = createWorld({ m: machineOf({ A: call('f', { Retry: retry, ...more }) }) });
    const at: number[] = [];
    const counts: number[] = [];
    world.functions.f = (payload: { retries: number }) => {
      at.push((world.clock.milliseconds - Date.parse('2026-04-01T00:00:00.000Z')) / 1000);
      counts.push(payload.retries);
      const error = errors[at.length - 1];
      if (error) throw named(error);
      return 'done';
    };
    world.runtime.start('m', 'e', {});
    await world.finish();
    return { at, counts, ...world.runtime.describe('e')! };
  };
  const counted = {
    Arguments: { FunctionName: 'f', Payload: { retries: '{% $states.context.State.RetryCount %}' } },
  };

  // States Language, "Retrying after error": defaults 1 s, 3 attempts, rate 2.0.
  it('waits 1, 2 and 4 seconds by default, then fails', async () => {
    expect(await attemptsOf([{ ErrorEquals: ['X'] }], ['X', 'X', 'X', 'X'])).toMatchObject({
      at: [0, 1, 3, 7],
      error: 'X',
    });
  });

  it('shows RetryCount and goes on after success', async () => {
    expect(await attemptsOf([{ ErrorEquals: ['X'] }], ['X', 'X'], counted)).toMatchObject({
      counts: [0, 1, 2],
      output: 'done',
    });
  });

  it('counts each retrier by itself', async () => {
    const retry = [
      { ErrorEquals: ['X'], MaxAttempts: 1 },
      { ErrorEquals: ['States.ALL'], MaxAttempts: 2, IntervalSeconds: 10, BackoffRate: 1 },
    ];
    expect(await attemptsOf(retry, ['X', 'Y', 'Y', 'X'])).toMatchObject({ at: [0, 1, 11, 21], error: 'X' });
    // The first retrier that matches decides, even when it is used up.
    expect(await attemptsOf(retry, ['X', 'X'])).toMatchObject({ at: [0, 1], error: 'X' });
  });

  it('never retries with MaxAttempts 0, nor what does not match', async () => {
    expect(
      await attemptsOf([{ ErrorEquals: ['X'], MaxAttempts: 0 }, { ErrorEquals: ['States.ALL'] }], ['X']),
    ).toMatchObject({ at: [0], error: 'X' });
    expect(await attemptsOf([{ ErrorEquals: ['Y'] }], ['X'])).toMatchObject({ at: [0], error: 'X' });
  });

  it('starts anew when the state is entered again', async () => {
    let calls = 0;
    const states = {
      A: call('f', { Retry: [{ ErrorEquals: ['X'], MaxAttempts: 1 }], Next: 'B' }),
      B: { Type: 'Choice', Choices: [{ Condition: '{% $states.input < 4 %}', Next: 'A' }], Default: 'C' },
      C: pass(),
    };
    const f = () => {
      calls += 1;
      if (calls % 2 === 1) throw named('X');
      return calls;
    };
    expect(await runOnce(states, { functions: { f } })).toMatchObject({ status: 'SUCCEEDED', output: 4 });
  });

  it('runs a whole Parallel again', async () => {
    let calls = 0;
    const f = () => {
      calls += 1;
      if (calls < 3) throw named('X');
      return calls;
    };
    const branches = [inline({ B: call('f') }), inline({ C: { Type: 'Wait', Seconds: 1, End: true } })];
    const states = {
      A: { Type: 'Parallel', Branches: branches, Retry: [{ ErrorEquals: ['X'] }], End: true },
    };
    expect(await runOnce(states, { input: 'i', functions: { f } })).toMatchObject({ output: [3, 'i'] });
  });
});

describe('Catch', () => {
  const handled = (more: Record<string, unknown> = {}, errorEquals = ['States.ALL']) => ({
    A: pass({ Assign: { x: 'outer' }, Next: 'B' }),
    B: call('f', { Catch: [{ ErrorEquals: errorEquals, Next: 'C', ...more }] }),
    C: pass({ Output: '{% [$x, $states.input] %}' }),
  });
  const cause = JSON.stringify({ errorType: 'X', errorMessage: 'no', trace: [] });

  // States Language, "Fallback states": the error output is the output; JSONata: Output and Assign see $states.errorOutput.
  it.each<[string, Record<string, unknown>, unknown]>([
    ['without Output', {}, ['outer', { Error: 'X', Cause: cause }]],
    [
      'with Output',
      { Output: { e: '{% $states.errorOutput.Error %}', i: '{% $states.input %}' } },
      ['outer', { e: 'X', i: 7 }],
    ],
    [
      'with Assign',
      { Assign: { x: '{% $parse($states.errorOutput.Cause).errorMessage %}' }, Output: 1 },
      ['no', 1],
    ],
  ])('%s', async (_, more, output) => {
    expect(await runOnce(handled(more), { input: 7, functions: { f: failing('X') } })).toMatchObject({
      output,
    });
  });

  it('comes after Retry', async () => {
    const states = handled();
    Object.assign(states.B, { Retry: [{ ErrorEquals: ['X'], MaxAttempts: 2 }] });
    const { history, status } = await runOnce(states, { functions: { f: failing('X') } });
    expect(status).toBe('SUCCEEDED');
    expect(history.map(({ type }) => type).filter((type) => /Retry|Caught/.test(type))).toEqual([
      'RetryScheduled',
      'RetryScheduled',
      'ErrorCaught',
    ]);
  });

  it('takes the first catcher that matches, and none that does not', async () => {
    expect(await runOnce(handled({}, ['Y']), { functions: { f: failing('X') } })).toMatchObject({
      status: 'FAILED',
      error: 'X',
    });
    const states = handled();
    Object.assign(states.B, {
      Catch: [
        { ErrorEquals: ['X'], Next: 'C', Output: 1 },
        { ErrorEquals: ['States.ALL'], Next: 'C', Output: 2 },
      ],
    });
    expect(await runOnce(states, { functions: { f: failing('X') } })).toMatchObject({ output: ['outer', 1] });
    expect(await runOnce(states, { functions: { f: failing('Y') } })).toMatchObject({ output: ['outer', 2] });
  });

  it('catches a broken Output of its own state, but not one of its own', async () => {
    const broken = handled({ Output: 1 });
    Object.assign(broken.B, { Output: '{% $states.result.Payload.nothing %}' });
    expect(await runOnce(broken, { functions: { f: () => 1 } })).toMatchObject({ output: ['outer', 1] });
    const twice = handled({ Output: '{% $states.errorOutput.nothing %}' });
    expect(await runOnce(twice, { functions: { f: failing('X') } })).toMatchObject({
      error: 'States.QueryEvaluationError',
    });
  });

  it('does not catch too much data with States.ALL, but by name', async () => {
    const functions = { f: () => 'x'.repeat(300_000) };
    expect(await runOnce(handled(), { functions })).toMatchObject({
      status: 'FAILED',
      error: 'States.DataLimitExceeded',
    });
    expect(await runOnce(handled({ Output: 1 }, ['States.DataLimitExceeded']), { functions })).toMatchObject({
      output: ['outer', 1],
    });
  });

  it('of the Parallel around handles what a branch does not', async () => {
    // States Language, "Parallel State": an unhandled error of a branch fails the whole state.
    const inner = call('f', { Catch: [{ ErrorEquals: ['Y'], Next: 'C' }], Next: 'C' });
    const states = {
      A: {
        Type: 'Parallel',
        Branches: [
          inline({ B: inner, C: pass() }),
          inline({ W: { Type: 'Wait', Seconds: 1000, End: true } }),
        ],
        Catch: [{ ErrorEquals: ['X'], Next: 'D' }],
        End: true,
      },
      D: pass({ Output: '{% $states.input.Error %}' }),
    };
    const { output, startedAt, stoppedAt, world } = await runOnce(states, { functions: { f: failing('X') } });
    expect(output).toBe('X');
    expect(stoppedAt).toEqual(startedAt);
    expect(world.runtime.nextWakeAt()).toBeUndefined();
  });
});
