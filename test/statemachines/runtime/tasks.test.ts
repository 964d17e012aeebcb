import { describe, expect, it } from '@jest/globals';
import { call, failing, pass, waitForToken } from './tasks-of.ts';
import { createWorld, machineOf, runOnce } from './world.ts';

const start = (states: Record<string, unknown>) => {
  const tokens: string[] = [];
  const world = createWorld(
    { m: machineOf(states) },
    { open: ({ token }: { token: string }) => tokens.push(token) },
  );
  world.runtime.start('m', 'e', { n: 1 });
  return { world, tokens };
};

describe('lambda:invoke', () => {
  // Step Functions, "Invoke an AWS Lambda function": the metadata and the payload are the result.
  it('has Payload and StatusCode as its result', async () => {
    const states = {
      A: call('f', {
        Output: '{% $states.result %}',
        Assign: { p: '{% $states.result.Payload %}' },
        Next: 'B',
      }),
      B: pass({ Output: '{% [$p, $states.input] %}' }),
    };
    const { output } = await runOnce(states, { input: 1, functions: { f: (n: number) => ({ n }) } });
    expect(output).toEqual([{ n: 1 }, { ExecutedVersion: '$LATEST', Payload: { n: 1 }, StatusCode: 200 }]);
  });

  it('without Output the whole result goes on; no return value is null', async () => {
    const { Output: _, ...A } = call('f');
    expect((await runOnce({ A }, { functions: { f: () => undefined } })).output).toMatchObject({
      Payload: null,
    });
  });

  it('reports the name that the function threw, and no stack', async () => {
    const { error, cause } = await runOnce(
      { A: call('f') },
      { functions: { f: failing('TerminalError', 'wrong password') } },
    );
    expect(error).toBe('TerminalError');
    expect(JSON.parse(cause!)).toEqual({
      errorType: 'TerminalError',
      errorMessage: 'wrong password',
      trace: [],
    });
  });

  it('tells the function which call it is', async () => {
    const seen: unknown[] = [];
    const f = (_: unknown, context: unknown) => {
      seen.push(context);
      return failing(seen.length < 2 ? 'X' : 'Y')();
    };
    await runOnce({ A: call('f', { Retry: [{ ErrorEquals: ['X'] }] }) }, { functions: { f } });
    expect(seen).toEqual(
      [1, 2].map((attempt) => ({ machine: 'machine', executionName: 'one', state: 'A', attempt })),
    );
  });

  // Step Functions quotas: 262,144 bytes of UTF-8 for input, output and result.
  it.each([
    [
      'arguments',
      {
        A: pass({ Assign: { x: '{% $states.input %}' }, Next: 'B' }),
        B: call('f', { Arguments: { FunctionName: 'f', Payload: '{% [$x, $x] %}' } }),
      },
      'あ'.repeat(50_000),
    ],
    ['output', { A: pass({ Output: '{% [$states.input, $states.input] %}' }) }, 'あ'.repeat(50_000)],
    [
      'variables',
      { A: pass({ Assign: { x: '{% [$states.input, $states.input] %}' } }) },
      'あ'.repeat(50_000),
    ],
  ])('fails with States.DataLimitExceeded: %s', async (_, states, input) => {
    expect(await runOnce(states, { input, functions: { f: () => 1 } })).toMatchObject({
      error: 'States.DataLimitExceeded',
    });
  });

  it('carries exactly 262144 bytes', async () => {
    const input = 'x'.repeat(262_142);
    expect(await runOnce({ A: pass() }, { input })).toMatchObject({ status: 'SUCCEEDED' });
  });

  it('times out while the call is in flight, and the late answer is void', async () => {
    // States Language, "Timeouts".
    const world = createWorld({
      m: machineOf({
        A: call('f', { TimeoutSeconds: 5, Catch: [{ ErrorEquals: ['States.Timeout'], Next: 'B' }] }),
        B: pass({ Output: 'late' }),
      }),
    });
    const { promise, resolve } = Promise.withResolvers<number>();
    world.functions.f = () => promise;
    world.runtime.start('m', 'e', {});
    await world.runtime.poll();
    world.clock.advance(4999);
    await world.runtime.poll();
    expect(world.runtime.describe('e')!.status).toBe('RUNNING');
    world.clock.advance(1);
    await world.runtime.poll();
    expect(world.runtime.describe('e')!.output).toBe('late');
    resolve(1);
    await world.runtime.step();
    expect(world.runtime.describe('e')!.output).toBe('late');
  });

  it('takes TimeoutSeconds from an expression and refuses what is none', async () => {
    const world = createWorld(
      { m: machineOf({ A: call('f', { TimeoutSeconds: '{% $states.input.n %}' }) }) },
      { f: () => 1 },
    );
    world.runtime.start('m', 'good', { n: 5 });
    world.runtime.start('m', 'bad', { n: 0.5 });
    await world.runtime.step();
    expect(world.runtime.describe('good')).toMatchObject({ output: 1 });
    expect(world.runtime.describe('bad')).toMatchObject({ error: 'States.QueryEvaluationError' });
  });

  it('has no more calls in flight than allowed', async () => {
    let now = 0;
    let most = 0;
    const f = async () => {
      now += 1;
      most = Math.max(most, now);
      await new Promise((resolve) => setImmediate(resolve));
      now -= 1;
    };
    const world = createWorld({ m: machineOf({ A: call('f') }) }, { f }, { concurrency: 3 });
    for (let n = 0; n < 10; n++) world.runtime.start('m', `e${n}`, {});
    await world.runtime.step();
    expect(most).toBe(3);
    expect(world.runtime.list({ status: 'SUCCEEDED' })).toHaveLength(10);
  });
});

describe('.waitForTaskToken', () => {
  // Step Functions, "Wait for a Callback with Task Token".
  it('waits for the token, takes the answer as its result, once', async () => {
    const { world, tokens } = start({ A: waitForToken({ Output: { got: '{% $states.result %}' } }) });
    await world.runtime.step();
    expect(world.runtime.describe('e')).toMatchObject({ status: 'RUNNING', states: ['A'] });
    expect(world.runtime.succeed('unknown', 1)).toBe(false);
    expect(world.runtime.succeed(tokens[0]!, { form: 2 })).toBe(true);
    expect(world.runtime.succeed(tokens[0]!, { form: 3 })).toBe(false);
    expect(world.runtime.fail(tokens[0]!, 'X', '')).toBe(false);
    await world.runtime.step();
    expect(world.runtime.describe('e')!.output).toEqual({ got: { form: 2 } });
  });

  it('takes an answer that comes before the function returns', async () => {
    const world = createWorld({ m: machineOf({ A: waitForToken() }) });
    world.functions.open = ({ token }: { token: string }) => world.runtime.succeed(token, 'at once');
    world.runtime.start('m', 'e', {});
    await world.runtime.step();
    expect(world.runtime.describe('e')!.output).toBe('at once');
  });

  it('fails as told, and as the function fails', async () => {
    const caught = { Catch: [{ ErrorEquals: ['Declined'], Next: 'B' }] };
    const { world, tokens } = start({ A: waitForToken(caught), B: pass() });
    await world.runtime.step();
    expect(world.runtime.fail(tokens[0]!, 'Declined', 'by staff')).toBe(true);
    await world.runtime.step();
    expect(world.runtime.describe('e')!.output).toEqual({ Error: 'Declined', Cause: 'by staff' });
    expect(await runOnce({ A: waitForToken() }, { functions: { open: failing('X') } })).toMatchObject({
      error: 'X',
    });
  });

  it.each([
    [-1, true],
    [0, false],
    [1, false],
  ])('ends exactly at TimeoutSeconds: %i ms after it an answer is taken: %s', async (offset, isTaken) => {
    const { world, tokens } = start({
      A: waitForToken({ TimeoutSeconds: 864_000, Catch: [{ ErrorEquals: ['States.Timeout'], Next: 'B' }] }),
      B: pass({ Output: 'timeout' }),
    });
    world.clock.advance(1234);
    await world.runtime.step();
    expect(world.runtime.nextWakeAt()).toEqual(new Date(world.clock.milliseconds + 864_000_000));
    world.clock.advance(864_000_000 + offset);
    expect(world.runtime.succeed(tokens[0]!, 'in time')).toBe(isTaken);
    await world.runtime.step();
    expect(world.runtime.describe('e')!.output).toBe(isTaken ? 'in time' : 'timeout');
  });

  it('has a new token for each attempt, and the old one is void', async () => {
    const { world, tokens } = start({
      A: waitForToken({
        TimeoutSeconds: 10,
        Retry: [{ ErrorEquals: ['States.Timeout'], IntervalSeconds: 5 }],
      }),
    });
    await world.runtime.step();
    world.clock.advance(10_000);
    await world.runtime.step();
    world.clock.advance(5000);
    await world.runtime.step();
    expect(new Set(tokens).size).toBe(2);
    expect([world.runtime.succeed(tokens[0]!, 1), world.runtime.succeed(tokens[1]!, 2)]).toEqual([
      false,
      true,
    ]);
  });

  it('wants heartbeats when told so', async () => {
    // States Language, "Timeouts": HeartbeatSeconds.
    const { world, tokens } = start({
      A: waitForToken({
        HeartbeatSeconds: 10,
        TimeoutSeconds: 25,
        Catch: [{ ErrorEquals: ['States.HeartbeatTimeout'], Next: 'B' }],
      }),
      B: pass({ Output: 'silent' }),
    });
    await world.runtime.step();
    world.clock.advance(9000);
    expect(world.runtime.heartbeat(tokens[0]!)).toBe(true);
    expect(world.runtime.heartbeat('unknown')).toBe(false);
    world.clock.advance(9999);
    await world.runtime.step();
    expect(world.runtime.describe('e')!.status).toBe('RUNNING');
    world.clock.advance(1);
    await world.runtime.step();
    expect(world.runtime.describe('e')!.output).toBe('silent');
  });

  it('ends at TimeoutSeconds whatever the heartbeats', async () => {
    const { world, tokens } = start({ A: waitForToken({ HeartbeatSeconds: 10, TimeoutSeconds: 12 }) });
    await world.runtime.step();
    world.clock.advance(9000);
    world.runtime.heartbeat(tokens[0]!);
    world.clock.advance(3000);
    await world.runtime.step();
    expect(world.runtime.describe('e')!.error).toBe('States.Timeout');
  });

  it('refuses an answer that no state could carry, and waits on', async () => {
    // API reference, SendTaskSuccess: InvalidOutput.
    const { world, tokens } = start({ A: waitForToken() });
    await world.runtime.step();
    expect(() => world.runtime.succeed(tokens[0]!, 'x'.repeat(262_145))).toThrow(/larger/);
    expect(() => world.runtime.succeed(tokens[0]!, undefined)).toThrow(/not JSON/);
    expect(world.runtime.succeed(tokens[0]!, null)).toBe(true);
  });

  it('is void when the execution is stopped or timed out', async () => {
    const { world, tokens } = start({ A: waitForToken() });
    await world.runtime.step();
    expect(world.runtime.stop('e', 'Stopped', 'by staff')).toBe(true);
    expect(world.runtime.stop('e', 'Stopped', 'by staff')).toBe(false);
    expect(world.runtime.succeed(tokens[0]!, 1)).toBe(false);
    expect(world.runtime.describe('e')).toMatchObject({ status: 'ABORTED', error: 'Stopped', states: ['A'] });
  });

  it('never shows the token in the history or the list', async () => {
    const { world, tokens } = start({ A: waitForToken() });
    await world.runtime.step();
    expect(tokens[0]).toMatch(/^[\w-]{43}$/);
    expect(JSON.stringify([world.runtime.history('e'), world.runtime.list()])).not.toContain(tokens[0]);
  });
});
