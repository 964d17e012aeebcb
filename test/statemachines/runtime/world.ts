import { createHash } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';
import type { Definition } from '../../../local/states-language/definition.ts';
import { loadDefinition } from '../../../local/states-language/load-definition.ts';
import { Runtime, type RuntimeOptions } from '../../../local/states-language/runtime.ts';

type Functions = Record<string, (payload: never, context: unknown) => unknown>;

export class TestClock {
  milliseconds = Date.parse('2026-04-01T00:00:00.000Z');
  now(): Date {
    return new Date(this.milliseconds);
  }
  advance(milliseconds: number): void {
    this.milliseconds += milliseconds;
  }
}

/** The same bytes for the same seed. */
export class SeededRandom {
  readonly #seed: string;
  #count = 0;
  constructor(seed = 'seed') {
    this.#seed = seed;
  }
  bytes(count: number): Uint8Array {
    this.#count += 1;
    const blocks = Array.from({ length: Math.ceil(count / 32) }, (_, index) =>
      createHash('sha256').update(`${this.#seed}/${this.#count}/${index}`).digest(),
    );
    return Buffer.concat(blocks).subarray(0, count);
  }
}

/** A machine of these states, JSONata. */
export const machineOf = (states: Record<string, unknown>, top: Record<string, unknown> = {}): Definition =>
  loadDefinition(
    JSON.stringify({ QueryLanguage: 'JSONata', StartAt: Object.keys(states)[0], States: states, ...top }),
    {},
    'machine.asl.json',
  );

export interface World {
  clock: TestClock;
  database: DatabaseSync;
  machines: Map<string, Definition>;
  functions: Functions;
  objects: Record<string, string | Uint8Array[]>;
  runtime: Runtime;
  /** A new Runtime over the same database, as after a crash. */
  restart(options?: Partial<RuntimeOptions>): Runtime;
  /** Steps, and moves the clock to the next timer, until nothing is left to do. */
  finish(): Promise<void>;
}

export const createWorld = (
  machines: Record<string, Definition>,
  functions: Functions = {},
  given: Partial<RuntimeOptions> = {},
): World => {
  const clock = new TestClock();
  const database = new DatabaseSync(':memory:');
  const objects: World['objects'] = {};
  const base: RuntimeOptions = {
    database,
    clock,
    random: new SeededRandom(),
    machines: new Map(Object.entries(machines)),
    async invoke(name, payload, context) {
      const run = world.functions[name];
      if (!run) throw new Error(`no function ${name}`);
      return run(payload as never, context);
    },
    async *readObject(bucket, key) {
      const found = objects[`${bucket}/${key}`];
      if (found === undefined) throw new Error('no such object');
      if (typeof found === 'string') yield Buffer.from(found);
      else yield* found;
    },
    ...given,
  };
  const world: World = {
    clock,
    database,
    machines: base.machines as Map<string, Definition>,
    functions,
    objects,
    runtime: new Runtime(base),
    restart(options = {}) {
      world.runtime = new Runtime({ ...base, ...options });
      return world.runtime;
    },
    async finish() {
      for (;;) {
        await world.runtime.step();
        const next = world.runtime.nextWakeAt();
        const isDone = world.runtime.list({ status: 'RUNNING', limit: 1 }).length === 0;
        if (!next || isDone) return;
        clock.milliseconds = Math.max(clock.milliseconds, next.getTime());
      }
    },
  };
  return world;
};

/** Runs one machine to its end and describes it. */
export const runOnce = async (
  states: Record<string, unknown>,
  {
    input = {},
    functions = {},
    top = {},
  }: { input?: unknown; functions?: Functions; top?: Record<string, unknown> } = {},
) => {
  const world = createWorld({ machine: machineOf(states, top) }, functions);
  world.runtime.start('machine', 'one', input);
  await world.finish();
  return { ...world.runtime.describe('one')!, world, history: world.runtime.history('one') };
};
