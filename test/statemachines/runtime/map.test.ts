import { describe, expect, it } from '@jest/globals';
import { call, distributed, failing, inline, named, pass } from './tasks-of.ts';
import { createWorld, machineOf, runOnce } from './world.ts';

const mapOf = (processor: unknown, more: Record<string, unknown> = {}) => ({
  M: { Type: 'Map', ItemProcessor: processor, ...('Next' in more ? {} : { End: true }), ...more },
});
const double = { B: pass({ Output: '{% $states.input * 2 %}' }) };

describe('Map', () => {
  // States Language, "Map State": the outputs in the order of the items.
  it.each<[string, Record<string, unknown>, unknown, unknown]>([
    ['the input is the items', mapOf(inline(double)), [1, 2, 3], [2, 4, 6]],
    ['Items', mapOf(inline(double), { Items: '{% $states.input.list %}' }), { list: [5] }, [10]],
    ['Items of expressions', mapOf(inline(double), { Items: [1, '{% $states.input %}'] }), 4, [2, 8]],
    ['no items', mapOf(inline(double)), [], []],
    [
      'Output and Assign',
      {
        ...mapOf(inline(double), {
          Output: '{% $sum($states.result) %}',
          Assign: { n: '{% $count($states.result) %}' },
          Next: 'Z',
        }),
        Z: pass({ Output: '{% [$n, $states.input] %}' }),
      },
      [1, 2],
      [2, 6],
    ],
    ['DISTRIBUTED', mapOf(distributed(double)), [1, 2, 3], [2, 4, 6]],
    ['DISTRIBUTED, no items', mapOf(distributed(double)), [], []],
    [
      'a Map in a Map',
      mapOf(inline({ N: { Type: 'Map', ItemProcessor: inline(double), End: true } })),
      [[1], [2, 3]],
      [[2], [4, 6]],
    ],
  ])('%s', async (_, states, input, output) => {
    expect(await runOnce(states, { input })).toMatchObject({ status: 'SUCCEEDED', output });
  });

  it('ItemSelector and the iteration see the item and its index', async () => {
    // Step Functions, "ItemSelector (Map)", "Context object data for Map states".
    const states = mapOf(
      inline({
        B: pass({
          Output: '{% [$states.input.k, $states.context.Map.Item.Index, $states.context.Map.Item.Value] %}',
        }),
      }),
      {
        Items: '{% $states.input.list %}',
        ItemSelector: {
          k: '{% $states.input.name & $string($states.context.Map.Item.Index) & $states.context.Map.Item.Value %}',
        },
      },
    );
    expect(await runOnce(states, { input: { name: 'n', list: ['a', 'b'] } })).toMatchObject({
      output: [
        ['n0a', 0, 'a'],
        ['n1b', 1, 'b'],
      ],
    });
  });

  it('a distributed iteration is an execution of its own', async () => {
    const states = mapOf(
      distributed({
        B: pass({ Output: '{% [$states.context.Execution.Input, $states.context.Execution.Name] %}' }),
      }),
      { ItemSelector: { v: '{% $states.context.Map.Item.Value %}' } },
    );
    expect(await runOnce(states, { input: ['a', 'b'] })).toMatchObject({
      output: [
        [{ v: 'a' }, 'one-0'],
        [{ v: 'b' }, 'one-1'],
      ],
    });
  });

  it.each([
    [1, 1],
    [3, 3],
    ['{% $states.input[0] %}', 2],
    [0, 8],
  ])('MaxConcurrency %j: %i at once', async (MaxConcurrency, expected) => {
    const open: string[] = [];
    let most = 0;
    const wait = {
      Type: 'Task',
      Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
      Arguments: { FunctionName: 'open', Payload: { token: '{% $states.context.Task.Token %}' } },
      End: true,
    };
    const world = createWorld(
      { m: machineOf(mapOf(inline({ B: wait }), { MaxConcurrency })) },
      { open: ({ token }: { token: string }) => open.push(token) },
    );
    world.runtime.start('m', 'e', [2, 2, 2, 2, 2, 2, 2, 2]);
    await world.runtime.step();
    for (let token = open.shift(); token; token = open.shift()) {
      most = Math.max(most, open.length + 1);
      world.runtime.succeed(token, 'x');
      await world.runtime.step();
    }
    expect(most).toBe(expected);
    expect(world.runtime.describe('e')!.output).toHaveLength(8);
  });

  it('INLINE fails with the first error of an iteration, and its Catch sees it', async () => {
    const f = (n: number) => (n === 2 ? failing('X')() : n);
    const states = {
      ...mapOf(inline({ B: call('f') }), { Catch: [{ ErrorEquals: ['X'], Next: 'Z' }] }),
      Z: pass({ Output: '{% $states.input.Error %}' }),
    };
    expect(await runOnce(states, { input: [1, 2, 3], functions: { f } })).toMatchObject({ output: 'X' });
    expect(
      await runOnce(mapOf(inline({ B: call('f') })), { input: [1, 2, 3], functions: { f } }),
    ).toMatchObject({ status: 'FAILED', error: 'X' });
  });

  it.each<[string, unknown, Record<string, unknown>]>([
    ['no array', { a: 1 }, {}],
    [
      'a single value from JSONata',
      { list: [{ ok: true }, { ok: false }] },
      { Items: '{% $states.input.list[ok] %}' },
    ],
    ['a broken ItemSelector', [1], { ItemSelector: { x: '{% $states.context.Map.Item.Value.nothing %}' } }],
    ['a negative MaxConcurrency', [-1], { MaxConcurrency: '{% $states.input[0] %}' }],
  ])('fails with States.QueryEvaluationError: %s', async (_, input, more) => {
    expect(await runOnce(mapOf(inline(double), more), { input })).toMatchObject({
      error: 'States.QueryEvaluationError',
    });
  });

  it('has no result above 256 KiB', async () => {
    const large = { B: pass({ Output: "{% $pad('', 1000, 'x') %}" }) };
    expect(await runOnce(mapOf(distributed(large)), { input: Array(300).fill(1) })).toMatchObject({
      error: 'States.DataLimitExceeded',
    });
    expect(
      await runOnce(mapOf(distributed(large), { Output: 1 }), { input: Array(200).fill(1) }),
    ).toMatchObject({ output: 1 });
  });
});

describe('tolerated failures', () => {
  const exceed = 'States.ExceedToleratedFailureThreshold';
  // Step Functions, "Setting failure thresholds for Distributed Map states": 10 items, 3 of which fail.
  it.each<[Record<string, unknown>, string]>([
    [{}, exceed],
    [{ ToleratedFailureCount: 2 }, exceed],
    [{ ToleratedFailureCount: 3 }, 'SUCCEEDED'],
    [{ ToleratedFailurePercentage: 29.9 }, exceed],
    [{ ToleratedFailurePercentage: 30 }, 'SUCCEEDED'],
    [{ ToleratedFailureCount: 3, ToleratedFailurePercentage: 20 }, exceed],
    [{ ToleratedFailureCount: 2, ToleratedFailurePercentage: 50 }, exceed],
    [{ ToleratedFailureCount: '{% $count($states.input) %}' }, 'SUCCEEDED'],
  ])('%j: %s', async (more, outcome) => {
    const f = (n: number) => (n < 3 ? failing('X')() : n);
    const { status, error, output } = await runOnce(mapOf(distributed({ B: call('f') }), more), {
      input: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
      functions: { f },
    });
    expect(error ?? status).toBe(outcome);
    if (outcome !== 'SUCCEEDED') return;
    // "ResultWriter (Map)": without one, a failed child leaves its execution's record.
    expect(output).toHaveLength(10);
    expect((output as unknown[])[1]).toMatchObject({ Status: 'FAILED', Error: 'X', Input: '1' });
    expect((output as unknown[]).slice(3)).toEqual([3, 4, 5, 6, 7, 8, 9]);
  });

  it('retries of an iteration come first, and Catch of the Map last', async () => {
    const calls = new Map<number, number>();
    const f = (n: number) => {
      calls.set(n, (calls.get(n) ?? 0) + 1);
      throw named('X');
    };
    const states = {
      ...mapOf(distributed({ B: call('f', { Retry: [{ ErrorEquals: ['X'], MaxAttempts: 2 }] }) }), {
        Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Z' }],
      }),
      Z: pass({ Output: '{% $states.input.Error %}' }),
    };
    const { output, world } = await runOnce(states, { input: [1], functions: { f } });
    expect(output).toBe(exceed);
    expect(calls).toEqual(new Map([[1, 3]]));
    expect(world.database.prepare('SELECT count(*) AS n FROM workflow_item').get()).toMatchObject({ n: 0 });
  });
});

describe('ItemReader', () => {
  const reading = (InputType: string, more: Record<string, unknown> = {}) =>
    mapOf(distributed({ B: pass() }), {
      ItemReader: {
        Resource: 'arn:aws:states:::s3:getObject',
        ReaderConfig: { InputType, ...more },
        Arguments: { Bucket: 'b', Key: '{% $states.input.key %}' },
      },
    });
  const read = async (states: Record<string, unknown>, object: string | Uint8Array[] | undefined) => {
    const world = createWorld({ m: machineOf(states) });
    if (object !== undefined) world.objects['b/k'] = object;
    world.runtime.start('m', 'e', { key: 'k' });
    await world.finish();
    return world.runtime.describe('e')!;
  };
  const bytes = Buffer.from('{"名":"髙﨑"}\n\n[1]\r\n"𠮷"');

  // Step Functions, "ItemReader (Map)": JSON Lines, JSON array, MaxItems.
  it.each<[string, Record<string, unknown>, string | Uint8Array[], unknown]>([
    ['JSONL', reading('JSONL'), '{"a":1}\n{"a":2}\n', [{ a: 1 }, { a: 2 }]],
    [
      'JSONL cut anywhere',
      reading('JSONL'),
      [...bytes].map((byte) => Uint8Array.of(byte)),
      [{ 名: '髙﨑' }, [1], '𠮷'],
    ],
    ['JSON', reading('JSON'), '[1, {"a": 2}]', [1, { a: 2 }]],
    ['MaxItems', reading('JSONL', { MaxItems: 2 }), '1\n2\n3\n', [1, 2]],
    [
      'MaxItems by expression',
      reading('JSON', { MaxItems: '{% $length($states.input.key) %}' }),
      '[1,2,3]',
      [1],
    ],
    ['an empty object', reading('JSONL'), '', []],
  ])('%s', async (_, states, object, output) => {
    expect(await read(states, object)).toMatchObject({ status: 'SUCCEEDED', output });
  });

  it.each<[string, Record<string, unknown>, string | undefined]>([
    ['no object', reading('JSONL'), undefined],
    ['a line that is no JSON', reading('JSONL'), '1\n{\n'],
    ['a long line', reading('JSONL'), `"${'x'.repeat(262_143)}"`],
    ['no array', reading('JSON'), '{}'],
    ['broken JSON', reading('JSON'), '['],
  ])('fails with States.ItemReaderFailed: %s', async (_, states, object) => {
    expect(await read(states, object)).toMatchObject({ error: 'States.ItemReaderFailed' });
  });

  it('holds one batch in memory, not the object', async () => {
    const world = createWorld({
      m: machineOf({
        ...reading('JSONL'),
        M: { ...reading('JSONL').M, Output: '{% $count($states.result) %}' },
      }),
    });
    const counts: number[] = [];
    const lines = 5000;
    world.restart({
      async *readObject() {
        for (let n = 0; n < lines; n++) {
          yield Buffer.from(`${n}\n`);
          if (n % 1000 === 999) {
            counts.push(
              (world.database.prepare('SELECT count(*) AS n FROM workflow_item').get() as { n: number }).n,
            );
          }
        }
      },
    });
    world.runtime.start('m', 'e', { key: 'k' });
    await world.finish();
    expect(world.runtime.describe('e')!.output).toBe(lines);
    for (const [index, count] of counts.entries())
      expect((index + 1) * 1000 - count).toBeLessThanOrEqual(500);
  });
});

describe('5,000 items', () => {
  it.each(['INLINE', 'DISTRIBUTED'])('%s', async (mode) => {
    const processor = mode === 'INLINE' ? inline({ B: call('f') }) : distributed({ B: call('f') });
    const { output, world } = await runOnce(
      mapOf(processor, {
        Items: '{% [1..5000] %}',
        MaxConcurrency: 100,
        Output: '{% [$count($states.result), $sum($states.result)] %}',
      }),
      {
        functions: { f: (n: number) => n },
      },
    );
    // INLINE shares one history of 25,000 events, as in the service: 5,000 tasks do not fit into it.
    if (mode === 'INLINE') expect(world.runtime.describe('one')).toMatchObject({ error: 'States.Runtime' });
    else expect(output).toEqual([5000, 12_502_500]);
  });
});
