import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import validate from 'asl-validator';
import { handlers, pascalCase } from '../../infra/handlers.ts';
import { machines, placeholders, readDefinition, substitutions } from '../../infra/state-language.ts';
import { root } from './template.ts';

interface Machine {
  States: Record<string, State>;
}
interface State {
  Type: string;
  Resource?: string;
  Arguments?: { FunctionName?: string; Payload?: unknown };
  Retry?: { ErrorEquals: string[] }[];
  Branches?: Machine[];
  ItemProcessor?: Machine;
}

/** Every state, those inside Map and Parallel too. */
function states(machine: Machine): [string, State][] {
  return Object.entries(machine.States).flatMap(([name, state]) => {
    const inner = [...(state.Branches ?? []), ...(state.ItemProcessor ? [state.ItemProcessor] : [])];
    return [[name, state] as [string, State], ...inner.flatMap(states)];
  });
}

const called = (state: State): string => state.Arguments?.FunctionName ?? '';

describe.each(machines)('%s', (machine) => {
  const text = readDefinition(machine);
  const definition = JSON.parse(text) as Machine & { QueryLanguage: string; TimeoutSeconds: number };
  const tasks = states(definition).filter(([, state]) => state.Type === 'Task');
  const invocations = tasks.filter(([, state]) => String(state.Resource).includes(':lambda:invoke'));

  test('is valid States Language', () => {
    // The validator wants a character in every text; the States Language does not.
    const filled = JSON.parse(text, (_, value) => (value === '' ? ' ' : value));
    const { isValid, errorsText } = validate(filled);
    expect(isValid ? '' : errorsText('\n')).toBe('');
  });

  test('speaks JSONata and cannot wait for ever', () => {
    expect(definition.QueryLanguage).toBe('JSONata');
    expect(definition.TimeoutSeconds).toBeGreaterThan(0);
    // A Standard execution lives for a year at most.
    expect(definition.TimeoutSeconds).toBeLessThanOrEqual(31_536_000);
  });

  test('a wait for a person ends by itself', () => {
    const waits = tasks.filter(([, state]) => String(state.Resource).endsWith('.waitForTaskToken'));
    const endless = waits.filter(
      ([, state]) => !('TimeoutSeconds' in state) && !('HeartbeatSeconds' in state),
    );
    // What staff were told of after a deadline waits as long as the flow may.
    expect(endless.filter(([name]) => name !== 'WaitForEscalation').map(([name]) => name)).toEqual([]);
  });

  test('every function is called again when the service stumbles, and by its alias', () => {
    expect(invocations.length).toBeGreaterThan(0);
    for (const [name, state] of invocations) {
      const retried = (state.Retry ?? []).flatMap((retry) => retry.ErrorEquals);
      expect([name, retried]).toEqual([
        name,
        expect.arrayContaining([
          'Lambda.ServiceException',
          'Lambda.AWSLambdaException',
          'Lambda.SdkClientException',
          'Lambda.TooManyRequestsException',
          'TransientError',
        ]),
      ]);
      expect([name, called(state)]).toEqual([name, expect.stringMatching(/^\$\{\w+Arn\}$/)]);
    }
  });

  test('a state bears the name of its function', () => {
    // These three serve every human step, under the step's own name.
    const generic = new Set(['OpenTask', 'SetDeadline', 'ExpireTask']);
    const names = invocations.map(([name, state]) => [name, called(state).slice(2, -'Arn}'.length)]);
    expect(names.filter(([name, own]) => !generic.has(own!) && name !== own)).toEqual([]);
  });

  test('carries no secret and no form: only an id and small facts go in', () => {
    const payloads = invocations.map(([, state]) => state.Arguments?.Payload);
    const fields = payloads.flatMap((payload) =>
      typeof payload === 'object' ? Object.keys(payload ?? {}) : [],
    );
    expect(fields.filter((field) => /password|secret|form|answers|mail|address/i.test(field))).toEqual([]);
  });
});

test('the four files are the four flows', () => {
  const files = readdirSync(join(root, 'statemachines')).filter((name) => name.endsWith('.asl.json'));
  expect(files.sort()).toEqual(machines.map((machine) => `${machine}.asl.json`).sort());
});

test('the flows call each of their functions, and no other', () => {
  const arns = new Set(machines.flatMap((machine) => placeholders(readDefinition(machine))));
  const named = [...arns].filter((name) => name.endsWith('Arn')).sort();
  const steps = handlers
    .filter(({ startedBy }) => startedBy === 'workflow')
    .map(({ name }) => `${pascalCase(name)}Arn`);
  expect(named).toEqual([...steps, 'TransferArn'].sort());
});

test('a name that nothing stands behind is an error', () => {
  const known = new Map([['OpenTaskArn', 'arn']]);
  const naming = (name: string) => `{ "FunctionName": "$\{${name}}", "Output": "{% $caseId %}" }`;
  expect(() => substitutions(naming('SendPigeonArn'), known)).toThrow('SendPigeonArn');
  expect(substitutions(naming('OpenTaskArn'), known)).toEqual({ OpenTaskArn: 'arn' });
});
