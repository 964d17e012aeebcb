import { describe, expect, it } from '@jest/globals';
import { loadDefinition } from '../../../local/states-language/load-definition.ts';
import { DefinitionRefusedError, type Refusal } from '../../../local/states-language/refusals.ts';
import { call, distributed, inline, pass, waitForToken } from './tasks-of.ts';

const load = (value: unknown, substitutions: Record<string, string> = {}) =>
  loadDefinition(typeof value === 'string' ? value : JSON.stringify(value), substitutions, 'order.asl.json');

const refusalsOf = (value: unknown): readonly Refusal[] => {
  try {
    load(value);
  } catch (error) {
    if (error instanceof DefinitionRefusedError) return error.refusals;
    throw error;
  }
  return [];
};

const top = { QueryLanguage: 'JSONata', StartAt: 'A' };
const one = (state: unknown) => ({ ...top, States: { A: state } });
const retry = (retrier: unknown) => one(call('f', { Retry: [retrier] }));

/** What is refused, where, and why: [case, file, state, field, reason]. */
const cases: [string, unknown, string, string, RegExp][] = [
  // Step Functions, "Transforming data with JSONata": QueryLanguage.
  ['no query language', { StartAt: 'A', States: { A: pass() } }, '', 'QueryLanguage', /JSONata/],
  ['JSONPath', { ...one(pass()), QueryLanguage: 'JSONPath' }, '', 'QueryLanguage', /not supported/],
  ['a JSONPath state', one(pass({ QueryLanguage: 'JSONPath' })), 'A', 'QueryLanguage', /not supported/],
  ...['InputPath', 'OutputPath', 'ResultPath', 'Parameters', 'ResultSelector', 'Result'].map(
    (field): [string, unknown, string, string, RegExp] => [
      field,
      one(pass({ [field]: {} })),
      'A',
      field,
      /JSONPath/,
    ],
  ),
  ['a path key', one(pass({ Output: { 'a.$': '$.b' } })), 'A', 'Output/a.$', /JSONPath/],
  ['half an expression', one(pass({ Output: 'x {% 1 %}' })), 'A', 'Output', /whole string/],
  ['a space before', one(pass({ Output: { a: [' {% 1 %}'] } })), 'A', 'Output/a[0]', /whole string/],
  ['bad syntax', one(pass({ Output: { a: [{ b: '{% 1 + %}' }] } })), 'A', 'Output/a[0]/b', /JSONata/],
  ['an unqualified name', one(pass({ Output: '{% caseId %}' })), 'A', 'Output', /'caseId' has no context/],
  ['$ at the top', one(pass({ Output: '{% $.caseId %}' })), 'A', 'Output', /'\$' has no context/],
  ['$$', one(pass({ Output: '{% $states.input.a[$$.b] %}' })), 'A', 'Output', /'\$\$' has no context/],
  ['$eval', one(pass({ Output: "{% $eval('1') %}" })), 'A', 'Output', /\$parse/],
  [
    'result in Arguments',
    one(call('f', { Arguments: '{% $states.result %}' })),
    'A',
    'Arguments',
    /does not exist here/,
  ],
  [
    'errorOutput in Output',
    one(call('f', { Output: '{% $states.errorOutput %}' })),
    'A',
    'Output',
    /does not exist/,
  ],
  [
    'result in Catch',
    one(call('f', { Catch: [{ ErrorEquals: ['X'], Next: 'A', Output: '{% $states.result %}' }] })),
    'A',
    'Catch[0]/Output',
    /does not exist/,
  ],
  ['an unknown part', one(pass({ Output: '{% $states.inputs %}' })), 'A', 'Output', /does not exist/],
  ['$states whole', one(pass({ Output: '{% $string($states) %}' })), 'A', 'Output', /by its parts/],
  // Step Functions, "Passing data between states with variables": names and scope.
  [
    'a variable of nobody',
    one(pass({ Output: '{% $caseid %}' })),
    'A',
    'Output',
    /\$caseid is assigned by no state/,
  ],
  ['$states assigned', one(pass({ Assign: { states: 1 } })), 'A', 'Assign/states', /reserved/],
  ['a bad name', one(pass({ Assign: { '1a': 1 } })), 'A', 'Assign/1a', /letter/],
  ['Assign no object', one(pass({ Assign: [1] })), 'A', 'Assign', /object/],
  [
    'an outer variable assigned inside',
    {
      ...top,
      States: {
        A: pass({ Assign: { x: 1 }, Next: 'B' }),
        B: { Type: 'Map', ItemProcessor: inline({ C: pass({ Assign: { x: 2 } }) }), End: true },
      },
    },
    'C',
    'Assign/x',
    /outer scope/,
  ],
  [
    'an outer variable read in DISTRIBUTED',
    {
      ...top,
      States: {
        A: pass({ Assign: { x: 1 }, Next: 'B' }),
        B: { Type: 'Map', ItemProcessor: distributed({ C: pass({ Output: '{% $x %}' }) }), End: true },
      },
    },
    'C',
    'Output',
    /\$x is assigned by no state/,
  ],
  [
    'an inner variable read outside',
    {
      ...top,
      States: {
        A: {
          Type: 'Map',
          ItemProcessor: inline({ C: pass({ Assign: { x: 2 } }) }),
          Output: '{% $x %}',
          End: true,
        },
      },
    },
    'A',
    'Output',
    /\$x is assigned by no state/,
  ],
  // States Language, "State Machine Structure", "Transitions", "States".
  ['no StartAt', { QueryLanguage: 'JSONata', States: { A: pass() } }, '', 'StartAt', /missing/],
  ['StartAt nowhere', { ...top, StartAt: 'B', States: { A: pass() } }, '', 'StartAt', /'B'/],
  ['Next nowhere', one(pass({ Next: 'B' })), 'A', 'Next', /'B'/],
  ['neither Next nor End', one({ Type: 'Pass' }), 'A', 'Next', /exactly one/],
  ['Next and End', one({ Type: 'Pass', Next: 'A', End: true }), 'A', 'Next', /exactly one/],
  ['End false', one({ Type: 'Pass', End: false }), 'A', 'End', /true or absent/],
  [
    'Next of a Choice',
    one({ Type: 'Choice', Choices: [{ Condition: true, Next: 'A' }], Next: 'A' }),
    'A',
    'Next',
    /not supported/,
  ],
  ['an unreachable state', { ...top, States: { A: pass(), B: pass() } }, 'B', '', /no way leads/],
  [
    'Next into another scope',
    {
      ...top,
      States: {
        A: { Type: 'Parallel', Branches: [inline({ B: pass({ Next: 'C' }) })], Next: 'C' },
        C: pass(),
      },
    },
    'B',
    'Next',
    /no state of this scope/,
  ],
  [
    'a name twice',
    {
      ...top,
      States: {
        A: { Type: 'Parallel', Branches: [inline({ B: pass() }), inline({ B: pass() })], End: true },
      },
    },
    'B',
    '',
    /same name/,
  ],
  [
    'a key twice',
    '{"QueryLanguage":"JSONata","StartAt":"A","States":{"A":{"Type":"Fail"},"A":{"Type":"Succeed"}}}',
    '',
    'A',
    /twice/,
  ],
  [
    'a long name',
    { ...top, StartAt: 'x'.repeat(81), States: { ['x'.repeat(81)]: pass() } },
    'x'.repeat(81),
    '',
    /80/,
  ],
  ['an unknown type', one({ Type: 'Loop', End: true }), 'A', 'Type', /not supported/],
  ['an unknown field', one(pass({ Timeout: 3 })), 'A', 'Timeout', /not supported/],
  ['an unknown field at the top', { ...one(pass()), Name: 'x' }, '', 'Name', /not supported/],
  ['another version', { ...one(pass()), Version: '2.0' }, '', 'Version', /not supported/],
  ['a bad timeout', { ...one(pass()), TimeoutSeconds: 0 }, '', 'TimeoutSeconds', /integer/],
  // States Language, "Wait State", "Choice State", "Task State".
  ['Wait for nothing', one({ Type: 'Wait', End: true }), 'A', 'Seconds', /exactly one/],
  ['Wait for a day', one({ Type: 'Wait', Timestamp: '2026-04-01', End: true }), 'A', 'Timestamp', /RFC 3339/],
  ['negative Seconds', one({ Type: 'Wait', Seconds: -1, End: true }), 'A', 'Seconds', /integer/],
  [
    'a JSONPath choice',
    one({ Type: 'Choice', Choices: [{ Variable: '$.a', IsNull: true, Next: 'A' }] }),
    'A',
    'Choices[0]/Variable',
    /JSONPath/,
  ],
  [
    'a string condition',
    one({ Type: 'Choice', Choices: [{ Condition: 'yes', Next: 'A' }] }),
    'A',
    'Choices[0]/Condition',
    /boolean/,
  ],
  ['no choices', one({ Type: 'Choice', Choices: [] }), 'A', 'Choices', /at least one/],
  [
    'another resource',
    one(call('f', { Resource: 'arn:aws:states:::sqs:sendMessage' })),
    'A',
    'Resource',
    /not supported/,
  ],
  [
    'a Lambda ARN as resource',
    one(call('f', { Resource: 'arn:aws:lambda:eu-west-1:1:function:f' })),
    'A',
    'Resource',
    /not supported/,
  ],
  [
    'no FunctionName',
    one(call('f', { Arguments: { Payload: 1 } })),
    'A',
    'Arguments',
    /FunctionName is missing/,
  ],
  [
    'an unknown argument',
    one(call('f', { Arguments: { FunctionName: 'f', LogType: 'Tail' } })),
    'A',
    'Arguments',
    /LogType/,
  ],
  [
    'a token for nobody',
    one(waitForToken({ Arguments: { FunctionName: 'f', Payload: {} } })),
    'A',
    'Arguments',
    /Task\.Token/,
  ],
  [
    'heartbeats of nobody',
    one(call('f', { HeartbeatSeconds: 5 })),
    'A',
    'HeartbeatSeconds',
    /waitForTaskToken/,
  ],
  [
    'a slow heartbeat',
    one(waitForToken({ HeartbeatSeconds: 5, TimeoutSeconds: 5 })),
    'A',
    'HeartbeatSeconds',
    /smaller/,
  ],
  ['credentials', one(call('f', { Credentials: {} })), 'A', 'Credentials', /not supported/],
  ['Retry of a Pass', one(pass({ Retry: [] })), 'A', 'Retry', /not supported/],
  // States Language, "Errors": retriers and catchers.
  [
    'States.ALL in company',
    retry({ ErrorEquals: ['States.ALL', 'X'] }),
    'A',
    'Retry[0]/ErrorEquals',
    /alone/,
  ],
  [
    'States.ALL not last',
    one(call('f', { Retry: [{ ErrorEquals: ['States.ALL'] }, { ErrorEquals: ['X'] }] })),
    'A',
    'Retry[0]/ErrorEquals',
    /last/,
  ],
  ['a reserved name', retry({ ErrorEquals: ['States.Mine'] }), 'A', 'Retry[0]/ErrorEquals', /reserved/],
  [
    'States.Runtime',
    retry({ ErrorEquals: ['States.Runtime'] }),
    'A',
    'Retry[0]/ErrorEquals',
    /nothing catches/,
  ],
  ['no ErrorEquals', retry({}), 'A', 'Retry[0]/ErrorEquals', /missing/],
  [
    'a small BackoffRate',
    retry({ ErrorEquals: ['X'], BackoffRate: 0.5 }),
    'A',
    'Retry[0]/BackoffRate',
    /from 1/,
  ],
  [
    'a zero interval',
    retry({ ErrorEquals: ['X'], IntervalSeconds: 0 }),
    'A',
    'Retry[0]/IntervalSeconds',
    /from 1/,
  ],
  [
    'a small MaxDelaySeconds',
    retry({ ErrorEquals: ['X'], IntervalSeconds: 5, MaxDelaySeconds: 5 }),
    'A',
    'Retry[0]/MaxDelaySeconds',
    /greater/,
  ],
  [
    'another jitter',
    retry({ ErrorEquals: ['X'], JitterStrategy: 'SOME' }),
    'A',
    'Retry[0]/JitterStrategy',
    /FULL, NONE/,
  ],
  [
    'ResultPath of a catcher',
    one(call('f', { Catch: [{ ErrorEquals: ['X'], ResultPath: '$.e', Next: 'A' }] })),
    'A',
    'Catch[0]/ResultPath',
    /JSONPath/,
  ],
  // States Language, "Map State"; Step Functions, "ItemReader", "Distributed mode".
  [
    'ItemReader INLINE',
    one({
      Type: 'Map',
      ItemReader: {
        Resource: 'arn:aws:states:::s3:getObject',
        ReaderConfig: { InputType: 'JSONL' },
        Arguments: {},
      },
      ItemProcessor: inline({ B: pass() }),
      End: true,
    }),
    'A',
    'ItemReader',
    /DISTRIBUTED/,
  ],
  [
    'a CSV reader',
    one({
      Type: 'Map',
      ItemReader: {
        Resource: 'arn:aws:states:::s3:getObject',
        ReaderConfig: { InputType: 'CSV' },
        Arguments: {},
      },
      ItemProcessor: distributed({ B: pass() }),
      End: true,
    }),
    'A',
    'ItemReader/ReaderConfig/InputType',
    /JSONL, JSON/,
  ],
  [
    'ResultWriter',
    one({ Type: 'Map', ResultWriter: {}, ItemProcessor: distributed({ B: pass() }), End: true }),
    'A',
    'ResultWriter',
    /not supported/,
  ],
  [
    'ItemBatcher',
    one({ Type: 'Map', ItemBatcher: {}, ItemProcessor: distributed({ B: pass() }), End: true }),
    'A',
    'ItemBatcher',
    /not supported/,
  ],
  [
    'EXPRESS',
    one({
      Type: 'Map',
      ItemProcessor: {
        ...distributed({ B: pass() }),
        ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'EXPRESS' },
      },
      End: true,
    }),
    'A',
    'ItemProcessor/ProcessorConfig/ExecutionType',
    /STANDARD/,
  ],
  [
    'tolerance INLINE',
    one({ Type: 'Map', ToleratedFailureCount: 1, ItemProcessor: inline({ B: pass() }), End: true }),
    'A',
    'ToleratedFailureCount',
    /DISTRIBUTED/,
  ],
  [
    'Items an object',
    one({ Type: 'Map', Items: { a: 1 }, ItemProcessor: inline({ B: pass() }), End: true }),
    'A',
    'Items',
    /array/,
  ],
  [
    'the old Iterator',
    one({ Type: 'Map', Iterator: inline({ B: pass() }), End: true }),
    'A',
    'Iterator',
    /JSONPath|not supported/,
  ],
];

describe('what a file may not hold', () => {
  it.each(cases)('%s', (_, file, state, field, reason) => {
    const refusals = refusalsOf(file);
    expect(refusals).toContainEqual({
      file: 'order.asl.json',
      state,
      field,
      reason: expect.stringMatching(reason),
    });
  });

  it('names every problem with file, state and field at once', () => {
    const file = { ...top, States: { A: pass({ Next: 'X', Foo: 1 }), B: pass() } };
    expect(() => load(file)).toThrow(
      /order\.asl\.json, state 'A', field 'Foo'(.|\n)*state 'A', field 'Next'(.|\n)*state 'B': no way/,
    );
  });

  it('refuses more than 1 MiB and what is no JSON', () => {
    expect(refusalsOf(`${JSON.stringify(one(pass()))}${' '.repeat(1_048_576)}`)[0]?.reason).toMatch(/1 MiB/);
    expect(refusalsOf('{')[0]?.reason).toMatch(/not JSON/);
    expect(refusalsOf('[]')[0]?.reason).toMatch(/object/);
  });
});

describe('substitutions', () => {
  // CloudFormation, AWS::StepFunctions::StateMachine: DefinitionSubstitutions.
  const text = JSON.stringify(one(call('$' + '{FunctionArn}')));

  it('puts the value in', () => {
    expect(load(text, { FunctionArn: 'arn:f' }).text).toContain('"FunctionName":"arn:f"');
  });

  it('refuses a name without value', () => {
    expect(() => load(text)).toThrow(/order\.asl\.json, field '\$\{FunctionArn\}': no value/);
    expect(() => load(text.replace('FunctionArn', 'constructor'))).toThrow(/no value/);
  });
});

describe('what a file may hold', () => {
  it.each([
    [
      'names below a step, in predicates, sorts and transforms',
      "{% ($states.input.a[b = 1].c^(d); $states.input ~> |e|{'f': g}|) %}",
    ],
    ['variables of its own', '{% ($x := 1; $f := function($y) { $x + $y }; $map([1], $f)) %}'],
    ['context and index variables', '{% $states.input.a@$v#$i.{ "v": $v, "i": $i } %}'],
    ['$ inside a predicate', '{% $states.input.a[$ > 1] %}'],
    [
      'the added functions',
      "{% [$uuid(), $random(), $hash('a', 'SHA-256'), $partition([1], 1), $range(0, 1, 1), $parse('1')] %}",
    ],
  ])('%s', (_, expression) => {
    expect(refusalsOf(one(pass({ Output: expression })))).toEqual([]);
  });
});
