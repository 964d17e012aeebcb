import { describe, expect, it, jest } from '@jest/globals';
import { RuntimeClosedError } from '../../../local/states-language/store.ts';
import { call, pass, waitForToken } from './tasks-of.ts';
import { createWorld, machineOf } from './world.ts';

const day = 86_400_000;

describe('a simulated clock', () => {
  it('passes ninety days, a reminder a day, for a hundred cases', async () => {
    const states = {
      Begin: pass({ Assign: { sent: 0 }, Next: 'Night' }),
      Night: { Type: 'Wait', Seconds: 86_400, Next: 'Remind' },
      Remind: call('remind', { Assign: { sent: '{% $sent + 1 %}' }, Next: 'Enough' }),
      Enough: { Type: 'Choice', Choices: [{ Condition: '{% $sent = 90 %}', Next: 'End' }], Default: 'Night' },
      End: pass({ Output: '{% [$sent, $now()] %}' }),
    };
    let reminders = 0;
    const world = createWorld(
      { m: machineOf(states) },
      {
        remind: () => {
          reminders += 1;
        },
      },
    );
    for (let n = 0; n < 100; n++) {
      world.runtime.start('m', `c${n}`, {});
      await world.runtime.step();
      world.clock.advance(1);
    }
    await world.finish();
    expect(reminders).toBe(9000);
    expect(world.runtime.describe('c0')!.output).toEqual([90, '2026-06-30T00:00:00.000Z']);
    expect(world.runtime.describe('c99')!.output).toEqual([90, '2026-06-30T00:00:00.099Z']);
  });

  it('fires timers by their time, then by number, when it jumps', async () => {
    const fired: string[] = [];
    const world = createWorld(
      {
        m: machineOf({
          A: { Type: 'Wait', Seconds: '{% $states.input %}', Next: 'B' },
          B: call('f', { Arguments: { FunctionName: 'f', Payload: '{% $states.context.Execution.Name %}' } }),
        }),
      },
      { f: (name: string) => fired.push(name) },
      { concurrency: 1 },
    );
    for (const [name, seconds] of [
      ['c', 30],
      ['a', 10],
      ['b1', 20],
      ['b2', 20],
    ] as const)
      world.runtime.start('m', name, seconds);
    await world.runtime.step();
    world.clock.advance(day);
    await world.runtime.step();
    expect(fired).toEqual(['a', 'b1', 'b2', 'c']);
  });

  it('may step back: nothing fires twice, nothing is lost', async () => {
    const world = createWorld({
      m: machineOf({
        A: { Type: 'Wait', Seconds: 10, Next: 'B' },
        B: { Type: 'Wait', Seconds: 10, End: true },
      }),
    });
    world.runtime.start('m', 'e', {});
    await world.runtime.step();
    world.clock.advance(10_000);
    await world.runtime.step();
    world.clock.advance(-3_600_000);
    expect(await world.runtime.step()).toBe(false);
    world.restart();
    await world.finish();
    expect(world.runtime.describe('e')!.status).toBe('SUCCEEDED');
    expect(world.runtime.history('e').filter(({ type }) => type === 'WaitStarted')).toHaveLength(2);
  });

  it('of an execution has a year at most', async () => {
    // Step Functions quotas: maximum execution time.
    const world = createWorld({ m: machineOf({ A: waitForToken() }) }, { open: () => null });
    world.runtime.start('m', 'e', {});
    await world.finish();
    expect(world.runtime.describe('e')).toMatchObject({
      status: 'TIMED_OUT',
      stoppedAt: new Date('2027-04-01T00:00:00.000Z'),
    });
  });
});

describe('the loop of the real process', () => {
  const until = async (condition: () => boolean) => {
    while (!condition()) await new Promise((resolve) => setImmediate(resolve));
  };

  it('wakes for a start, an answer and the abort', async () => {
    const tokens: string[] = [];
    const world = createWorld(
      { m: machineOf({ A: waitForToken() }) },
      { open: ({ token }: { token: string }) => tokens.push(token) },
    );
    const stop = new AbortController();
    const loop = world.runtime.run(stop.signal);
    world.runtime.start('m', 'e', {});
    await until(() => tokens.length === 1);
    world.runtime.succeed(tokens[0]!, 'x');
    await until(() => world.runtime.describe('e')!.status === 'SUCCEEDED');
    stop.abort();
    await loop;
    expect(await world.runtime.step()).toBe(false);
  });

  it('goes on with other executions while a call takes its time, and writes its answer down at the end', async () => {
    const slow = Promise.withResolvers<string>();
    const world = createWorld(
      { m: machineOf({ A: call('f') }) },
      { f: (name: string) => (name === 'slow' ? slow.promise : name) },
    );
    const stop = new AbortController();
    const loop = world.runtime.run(stop.signal);
    world.runtime.start('m', 'one', 'slow');
    world.runtime.start('m', 'two', 'quick');
    await until(() => world.runtime.describe('two')!.status === 'SUCCEEDED');
    expect(world.runtime.describe('one')!.status).toBe('RUNNING');
    stop.abort();
    slow.resolve('in time');
    await loop;
    expect(world.runtime.describe('one')!.output).toBe('in time');
  });

  it('never sleeps longer than a timer can: a Wait of a year', async () => {
    const delays: number[] = [];
    const real = globalThis.setTimeout;
    const spy = jest.spyOn(globalThis, 'setTimeout').mockImplementation(((
      act: () => void,
      delay?: number,
    ) => {
      delays.push(delay ?? 0);
      return real(act, delay);
    }) as never);
    const world = createWorld({ m: machineOf({ A: { Type: 'Wait', Seconds: 30_000_000, End: true } }) });
    const stop = new AbortController();
    const loop = world.runtime.run(stop.signal);
    world.runtime.start('m', 'e', {});
    await until(() => delays.length > 1);
    stop.abort();
    await loop;
    spy.mockRestore();
    // setTimeout takes 2^31 - 1 ms at most; more fires at once.
    expect(Math.max(...delays)).toBeLessThanOrEqual(2 ** 31 - 1);
    expect(Math.max(...delays)).toBeGreaterThan(1000);
  });

  it('ends when another runtime takes the database over, which goes on', async () => {
    const world = createWorld({ m: machineOf({ A: waitForToken() }) }, { open: () => null });
    const old = world.runtime;
    old.start('m', 'e', {});
    const fresh = world.restart();
    await expect(old.step()).rejects.toThrow(RuntimeClosedError);
    expect(() => old.start('m', 'f', {})).toThrow(RuntimeClosedError);
    await fresh.step();
    expect(fresh.describe('e')!.status).toBe('RUNNING');
    expect(fresh.describe('f')).toBeUndefined();
  });

  it('rejects when a write fails, and takes nothing back that was written', async () => {
    const world = createWorld({ m: machineOf({ A: { Type: 'Wait', Seconds: 1, End: true } }) });
    world.runtime.start('m', 'e', {});
    world.database.exec(
      "CREATE TRIGGER full BEFORE INSERT ON workflow_journal BEGIN SELECT raise(ABORT, 'disk full'); END",
    );
    await expect(world.runtime.run(new AbortController().signal)).rejects.toThrow(/disk full/);
    world.database.exec('DROP TRIGGER full');
    world.restart();
    await world.finish();
    expect(world.runtime.describe('e')!.status).toBe('SUCCEEDED');
  });
});
