import { describe, expect, it } from '@jest/globals';
import { call, distributed, failing, inline, named, pass, waitForToken } from './tasks-of.ts';
import { createWorld, machineOf } from './world.ts';

const day = 86_400_000;

describe('redrive', () => {
  // Step Functions, "Restarting state machine executions with redrive in Step Functions".
  it('goes on from the state that failed, with its input, variables and fresh retries', async () => {
    const calls: string[] = [];
    let isBroken = true;
    const states = {
      A: call('a', { Assign: { x: '{% $states.result.Payload %}' }, Next: 'B' }),
      B: call('b', {
        Retry: [{ ErrorEquals: ['X'], MaxAttempts: 1 }],
        Output: '{% [$x, $states.input, $states.context.Execution.RedriveCount] %}',
      }),
    };
    const world = createWorld(
      { m: machineOf(states) },
      {
        a: () => calls.push('a'),
        b: () => {
          calls.push('b');
          if (isBroken) throw named('X');
        },
      },
    );
    world.runtime.start('m', 'e', {});
    await world.finish();
    expect(world.runtime.describe('e')).toMatchObject({ status: 'FAILED', states: ['B'] });
    isBroken = false;
    world.runtime.redrive('e');
    expect(world.runtime.describe('e')).toMatchObject({ status: 'RUNNING', error: undefined, redrives: 1 });
    await world.finish();
    expect(calls).toEqual(['a', 'b', 'b', 'b']);
    expect(world.runtime.describe('e')).toMatchObject({ status: 'SUCCEEDED', output: [1, 1, 1] });
  });

  it('of a Map runs only what failed or was stopped', async () => {
    for (const processor of [inline, distributed]) {
      const calls: number[] = [];
      let isBroken = true;
      const states = {
        M: { Type: 'Map', MaxConcurrency: 2, ItemProcessor: processor({ B: call('f') }), End: true },
      };
      const world = createWorld(
        { m: machineOf(states) },
        {
          f: (n: number) => {
            calls.push(n);
            if (isBroken && n === 3) throw named('X');
            return n * 10;
          },
        },
      );
      world.runtime.start('m', 'e', [1, 2, 3, 4, 5]);
      await world.finish();
      expect(world.runtime.describe('e')!.status).toBe('FAILED');
      isBroken = false;
      world.runtime.redrive('e');
      await world.finish();
      expect(world.runtime.describe('e')!.output).toEqual([10, 20, 30, 40, 50]);
      expect(calls.filter((n) => n < 3)).toEqual([1, 2]);
    }
  });

  it('of a Parallel keeps the branches that ended', async () => {
    const calls: string[] = [];
    let isBroken = true;
    const tokens: string[] = [];
    const states = {
      P: {
        Type: 'Parallel',
        Branches: [
          inline({ A: call('a') }),
          inline({ W: { Type: 'Wait', Seconds: 1, Next: 'B' }, B: call('b') }),
          inline({ C: waitForToken() }),
        ],
        End: true,
      },
    };
    const world = createWorld(
      { m: machineOf(states) },
      {
        a: () => calls.push('a'),
        b: () => {
          if (isBroken) throw named('X');
          return 'b';
        },
        open: ({ token }: { token: string }) => tokens.push(token),
      },
    );
    world.runtime.start('m', 'e', {});
    await world.finish();
    isBroken = false;
    world.runtime.redrive('e');
    await world.runtime.step();
    expect([world.runtime.succeed(tokens[0]!, 'old'), world.runtime.succeed(tokens[1]!, 'new')]).toEqual([
      false,
      true,
    ]);
    await world.finish();
    expect(world.runtime.describe('e')!.output).toEqual([1, 'b', 'new']);
  });

  it('takes stopped and timed out executions too, with a new TimeoutSeconds', async () => {
    const world = createWorld({
      m: machineOf({ A: { Type: 'Wait', Seconds: 20, End: true } }, { TimeoutSeconds: 10 }),
    });
    world.runtime.start('m', 'e', {});
    await world.finish();
    expect(world.runtime.describe('e')!.status).toBe('TIMED_OUT');
    world.clock.advance(5000);
    world.runtime.redrive('e');
    expect(world.runtime.nextWakeAt()).toEqual(new Date(world.clock.milliseconds + 10_000));
    world.runtime.stop('e', '', '');
    world.runtime.redrive('e');
    expect(world.runtime.describe('e')).toMatchObject({ status: 'RUNNING', redrives: 2 });
  });

  it('survives a crash after it', async () => {
    const world = createWorld({ m: machineOf({ A: call('f') }) }, { f: failing('X') });
    world.runtime.start('m', 'e', {});
    await world.finish();
    world.runtime.redrive('e');
    world.restart();
    world.functions.f = () => 'good';
    await world.finish();
    expect(world.runtime.describe('e')!.output).toBe('good');
  });

  it('refuses what cannot go on: running, succeeded, unknown, older than 14 days', async () => {
    const world = createWorld({
      m: machineOf({
        A: { Type: 'Choice', Choices: [{ Condition: '{% $states.input %}', Next: 'B' }], Default: 'F' },
        B: pass(),
        F: { Type: 'Fail' },
      }),
    });
    world.runtime.start('m', 'good', true);
    expect(() => world.runtime.redrive('good')).toThrow(/RUNNING/);
    world.runtime.start('m', 'bad', false);
    await world.finish();
    expect(() => world.runtime.redrive('good')).toThrow(/SUCCEEDED/);
    expect(() => world.runtime.redrive('nobody')).toThrow(/no execution/);
    world.clock.advance(14 * day + 1);
    await world.runtime.step();
    expect(() => world.runtime.redrive('bad')).toThrow(/too long ago/);
    expect(world.runtime.history('bad').length).toBeGreaterThan(0);
    // "Execution history retention": 90 days.
    world.clock.advance(80 * day);
    await world.runtime.step();
    expect(world.runtime.describe('bad')).toBeUndefined();
  });
});
