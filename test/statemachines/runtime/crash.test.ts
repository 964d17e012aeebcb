import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type WriteName, writeNames } from '../../../local/states-language/rows.ts';
import { createFunctions, expectedOutput, input, machines, readObject } from './business.ts';
import { distributed, pass, waitForToken } from './tasks-of.ts';
import { createWorld, machineOf } from './world.ts';

class Crash extends Error {}

/** One life of a case, crashed at the given moments: the numbers of hook calls, before and after writes alike. */
const live = async (crashes: readonly number[], names: readonly string[] = ['c1']) => {
  const tokens = new Map<string, Set<string>>();
  const crashed = new Set<string>();
  let moment = 0;
  const hook = (side: string) => (name: WriteName) => {
    moment += 1;
    if (!crashes.includes(moment)) return;
    crashed.add(`${side} ${name}`);
    throw new Crash(name);
  };
  const hooks = { beforeWrite: hook('before'), afterWrite: hook('after') };
  const functions = createFunctions((name, state, token) => {
    const key = `${name} ${state}`;
    tokens.set(key, (tokens.get(key) ?? new Set()).add(token));
  });
  const world = createWorld(machines, functions as never, { ...hooks, readObject });

  /** Does something until no crash comes in between. */
  const surely = async <T>(act: () => T | Promise<T>): Promise<T> => {
    for (;;) {
      try {
        return await act();
      } catch (error) {
        if (!(error instanceof Crash)) throw error;
        world.restart(hooks);
      }
    }
  };

  for (const name of names) await surely(() => world.runtime.start('order', name, input(name)));
  const signed = new Set<string>();
  for (;;) {
    await surely(() => world.runtime.step());
    const due = names.filter((name) => tokens.has(`${name} Sign`) && !signed.has(name));
    for (const name of due) {
      world.clock.advance(5000);
      const token = [...tokens.get(`${name} Sign`)!].at(-1)!;
      // After a crash behind the write the answer is given twice: the second is void, and that is right.
      await surely(() => world.runtime.succeed(token, { by: `customer of ${name}` }));
      signed.add(name);
    }
    if (due.length > 0) continue;
    const next = world.runtime.nextWakeAt();
    if (!next) break;
    world.clock.milliseconds = Math.max(world.clock.milliseconds, next.getTime());
  }
  return {
    world,
    tokens,
    crashed,
    moments: moment,
    outputs: names.map((name) => world.runtime.describe(name, 'order')?.output),
  };
};

describe('a crash at any moment', () => {
  it('once, before and after every single write: the same end, the same tokens', async () => {
    const calm = await live([]);
    expect(calm.outputs).toEqual([expectedOutput('c1')]);
    const crashed = new Set<string>();
    for (let moment = 1; moment <= calm.moments; moment++) {
      const life = await live([moment]);
      expect(life.outputs).toEqual([expectedOutput('c1')]);
      // Whoever was handed a token before the crash holds the one that is valid after it.
      for (const [, tokens] of life.tokens) expect(tokens.size).toBe(1);
      for (const point of life.crashed) crashed.add(point);
    }
    // Every transition of this life was interrupted on both sides; the others have tests of their own.
    const elsewhere: WriteName[] = [
      'ExecutionFailed',
      'ExecutionTimedOut',
      'ExecutionAborted',
      'ExecutionRedriven',
      'TaskFailed',
    ];
    const points = writeNames
      .filter((name) => !elsewhere.includes(name))
      .flatMap((name) => [`after ${name}`, `before ${name}`]);
    expect([...crashed].sort()).toEqual(points.sort());
  });

  it('many times, several cases at once', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 800 }), { maxLength: 30 }), async (crashes) => {
        const names = ['c1', 'c2', 'c3'];
        const { outputs, world } = await live(crashes, names);
        expect(outputs).toEqual(names.map(expectedOutput));
        expect(world.database.prepare('SELECT count(*) AS n FROM workflow_frame').get()).toMatchObject({
          n: 0,
        });
        expect(world.database.prepare('SELECT count(*) AS n FROM workflow_item').get()).toMatchObject({
          n: 0,
        });
      }),
      { numRuns: 25 },
    );
  });

  it('the same seed gives the same tokens and the same history', async () => {
    const tell = ({ world, tokens }: Awaited<ReturnType<typeof live>>) => ({
      tokens: [...tokens].map(([key, set]) => [key, ...set]),
      histories: world.runtime.list().map(({ name, machine }) => world.runtime.history(name, { machine })),
    });
    const [first, second] = [await live([7, 90], ['c1', 'c2']), await live([7, 90], ['c1', 'c2'])];
    expect(tell(first)).toEqual(tell(second));
  });

  it('in the middle of a long object: the reading begins again', async () => {
    let reads = 0;
    const readObject = async function* () {
      for (let n = 0; n < 1200; n++) yield Buffer.from(`${n}\n`);
    };
    const ItemReader = {
      Resource: 'arn:aws:states:::s3:getObject',
      ReaderConfig: { InputType: 'JSONL' },
      Arguments: { Bucket: 'b', Key: 'k' },
    };
    const sum = { Output: '{% [$count($states.result), $sum($states.result)] %}', End: true };
    const map = { Type: 'Map', ItemReader, ItemProcessor: distributed({ B: pass() }), ...sum };
    const afterWrite = (name: WriteName) => {
      if (name === 'ItemsRead' && reads++ === 0) throw new Crash(name);
    };
    const world = createWorld({ m: machineOf({ M: map }) }, {}, { afterWrite, readObject });
    world.runtime.start('m', 'e', {});
    await expect(world.runtime.step()).rejects.toThrow(Crash);
    world.restart();
    await world.finish();
    expect(reads).toBe(1 + 3);
    expect(world.runtime.describe('e')!.output).toEqual([1200, 719_400]);
  });

  it.each(['before', 'after'] as const)('%s the other writes', async (side) => {
    for (const name of [
      'ExecutionFailed',
      'ExecutionTimedOut',
      'ExecutionAborted',
      'ExecutionRedriven',
      'TaskFailed',
    ] as const) {
      expect(await interrupt(name, side)).toEqual(expect.objectContaining({ hit: true, status: 'FAILED' }));
    }
  });
});

/** A life through stop, time-out, redrive and fail(), interrupted once at the first write of this name. */
const interrupt = async (at: WriteName, side: 'before' | 'after') => {
  let hit = false;
  let token = '';
  const hook = (mine: string) => (name: WriteName) => {
    if (hit || name !== at || mine !== side) return;
    hit = true;
    throw new Crash(name);
  };
  const hooks = { beforeWrite: hook('before'), afterWrite: hook('after') };
  const world = createWorld(
    { m: machineOf({ A: waitForToken() }, { TimeoutSeconds: 100 }) },
    {
      open: (payload: { token: string }) => {
        token = payload.token;
      },
    },
    hooks,
  );
  const surely = async (act: () => unknown) => {
    try {
      await act();
    } catch (error) {
      if (!(error instanceof Crash)) throw error;
      world.restart();
      // As a person would: looks whether it happened, and does it if not.
      if (side === 'before') await act();
    }
  };
  const { runtime: _, ...rest } = world;
  world.runtime.start('m', 'e', {});
  await surely(() => world.runtime.step());
  await surely(() => world.runtime.stop('e', 'S', ''));
  await surely(() => world.runtime.redrive('e'));
  await surely(() => world.runtime.step());
  rest.clock.advance(100_000);
  await surely(() => world.runtime.step());
  await surely(() => world.runtime.redrive('e'));
  await surely(() => world.runtime.step());
  await surely(() => world.runtime.fail(token, 'Declined', ''));
  await surely(() => world.runtime.step());
  await world.runtime.step();
  return { hit, ...world.runtime.describe('e')! };
};
