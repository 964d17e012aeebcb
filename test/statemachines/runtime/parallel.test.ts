import { describe, expect, it } from '@jest/globals';
import { call, failing, inline, pass, waitForToken } from './tasks-of.ts';
import { createWorld, machineOf, runOnce } from './world.ts';

const wait = (seconds: number, output: unknown) => ({
  Type: 'Wait',
  Seconds: seconds,
  Output: output,
  End: true,
});

describe('Parallel', () => {
  // States Language, "Parallel State": each branch gets the input; the outputs in the order of the branches.
  it('runs the branches side by side and joins in their order', async () => {
    const states = {
      P: {
        Type: 'Parallel',
        Branches: [inline({ A: wait(30, 'slow') }), inline({ B: pass() }), inline({ C: wait(10, 'middle') })],
        End: true,
      },
    };
    const { output, startedAt, stoppedAt } = await runOnce(states, { input: { n: 1 } });
    expect(output).toEqual(['slow', { n: 1 }, 'middle']);
    expect(stoppedAt!.getTime() - startedAt.getTime()).toBe(30_000);
  });

  it('gives Arguments to the branches, and Output and Assign see the result', async () => {
    const states = {
      P: {
        Type: 'Parallel',
        Arguments: { k: '{% $states.input.n %}' },
        Branches: [inline({ A: pass() }), inline({ B: pass({ Output: 2 }) })],
        Assign: { second: '{% $states.result[1] %}' },
        Output: '{% $states.result[0] %}',
        Next: 'Z',
      },
      Z: pass({ Output: '{% [$states.input, $second] %}' }),
    };
    expect(await runOnce(states, { input: { n: 1 } })).toMatchObject({ output: [{ k: 1 }, 2] });
  });

  it('has the states of all branches while it waits', async () => {
    const states = {
      P: {
        Type: 'Parallel',
        Branches: [inline({ A: wait(5, 1) }), inline({ B: waitForToken() })],
        End: true,
      },
    };
    const world = createWorld({ m: machineOf(states) }, { open: () => null });
    world.runtime.start('m', 'e', {});
    await world.runtime.step();
    expect(world.runtime.describe('e')!.states).toEqual(['A', 'B', 'P']);
  });

  it('stops the other branches when one fails: their tokens, timers and answers are void', async () => {
    const tokens: string[] = [];
    const late = Promise.withResolvers<number>();
    const states = {
      P: {
        Type: 'Parallel',
        Branches: [
          inline({ A: waitForToken() }),
          inline({ B: call('late') }),
          inline({ C: wait(5, 1) }),
          inline({ D: { Type: 'Wait', Seconds: 1, Next: 'E' }, E: call('f') }),
        ],
        Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Z', Output: 'caught' }],
        End: true,
      },
      Z: pass(),
    };
    const world = createWorld(
      { m: machineOf(states) },
      {
        open: ({ token }: { token: string }) => tokens.push(token),
        late: () => late.promise,
        f: failing('X'),
      },
    );
    world.runtime.start('m', 'e', {});
    await world.runtime.poll();
    await world.runtime.poll();
    world.clock.advance(1000);
    await world.runtime.poll();
    await world.runtime.poll();
    expect(world.runtime.describe('e')).toMatchObject({ status: 'SUCCEEDED', output: 'caught' });
    expect(world.runtime.succeed(tokens[0]!, 1)).toBe(false);
    late.resolve(1);
    await world.runtime.step();
    expect(world.runtime.nextWakeAt()).toBeUndefined();
    expect(world.runtime.describe('e')).toMatchObject({ output: 'caught' });
  });

  it('fails as the branch that failed', async () => {
    const states = {
      P: {
        Type: 'Parallel',
        Branches: [inline({ A: { Type: 'Fail', Error: 'E', Cause: 'c' } }), inline({ B: pass() })],
        End: true,
      },
    };
    expect(await runOnce(states)).toMatchObject({ status: 'FAILED', error: 'E', cause: 'c' });
  });
});
