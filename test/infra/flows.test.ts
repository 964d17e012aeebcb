import { describe, expect, test } from '@jest/globals';
import { pascalCase } from '../../infra/handlers.ts';
import { machines, placeholders, readDefinition } from '../../infra/state-language.ts';
import { policyOf, template } from './template.ts';

const made = template();
const resources = (type: string) => Object.entries(made.findResources(type));
const actionsOf = (machine: string, service: string) =>
  policyOf(made, `Workflow${pascalCase(machine)}Role`).filter(({ Action }) =>
    Action.some((action) => action.startsWith(`${service}:`)),
  );

describe('each flow', () => {
  const flows = resources('AWS::StepFunctions::StateMachine');

  test('is a Standard machine that logs every event, and nothing of what events hold', () => {
    expect(flows).toHaveLength(machines.length);
    for (const [id, { Properties }] of flows) {
      const { StateMachineType, LoggingConfiguration, TracingConfiguration } = Properties;
      expect([id, StateMachineType, LoggingConfiguration.Level]).toEqual([id, 'STANDARD', 'ALL']);
      expect([id, LoggingConfiguration.IncludeExecutionData]).toEqual([id, false]);
      expect([id, TracingConfiguration]).toEqual([id, { Enabled: true }]);
    }
  });

  test('has the whole of its file, and a value for each name in it', () => {
    for (const machine of machines) {
      const [, { Properties }] = flows.find(([id]) =>
        new RegExp(`^Workflow${pascalCase(machine)}[0-9A-F]{8}$`).test(id),
      )!;
      expect(JSON.parse(Properties.DefinitionString)).toEqual(JSON.parse(readDefinition(machine)));
      expect(Object.keys(Properties.DefinitionSubstitutions).sort()).toEqual(
        placeholders(readDefinition(machine)),
      );
    }
  });

  test('is started through an alias of a version that stays', () => {
    const aliases = resources('AWS::StepFunctions::StateMachineAlias').map(
      ([, { Properties }]) => Properties,
    );
    expect(aliases.map(({ Name }) => Name)).toEqual(machines.map(() => 'live'));
    const versions = resources('AWS::StepFunctions::StateMachineVersion');
    expect(versions).toHaveLength(machines.length);
    for (const [id, version] of versions) {
      expect([id, version.DeletionPolicy, version.UpdateReplacePolicy]).toEqual([id, 'Retain', 'Retain']);
      expect(JSON.stringify(aliases)).toContain(`"StateMachineVersionArn":{"Ref":"${id}"}`);
    }
  });

  test('may call the functions that it names, by their aliases', () => {
    for (const machine of machines) {
      const [invoke] = actionsOf(machine, 'lambda');
      const named = placeholders(readDefinition(machine)).filter(
        (name) => name.endsWith('Arn') && name !== 'TransferArn',
      );
      const allowed = invoke!.Resource.map((resource) => (resource as { Ref: string }).Ref);
      expect(allowed.map((ref) => ref.replace(/^Functions(\w+)Alias[0-9A-F]{8}$/, '$1Arn')).sort()).toEqual(
        named,
      );
    }
  });
});

describe('beyond that', () => {
  test('only the order starts transfers, of the live version, and hears of their end', () => {
    const starting = machines.filter(
      (machine) => machine !== 'transfer' && actionsOf(machine, 'states').length > 0,
    );
    expect(starting).toEqual(['order']);
    const [start] = actionsOf('order', 'states');
    expect([start!.Action, start!.Condition]).toEqual([
      ['states:StartExecution'],
      { StringEquals: { 'states:StateMachineQualifier': 'live' } },
    ]);
    expect(JSON.stringify(actionsOf('order', 'events'))).toContain(
      'StepFunctionsGetEventsForStepFunctionsExecutionRule',
    );
  });

  test('the transfer starts itself for its chunks, and reads their list', () => {
    const rights = actionsOf('transfer', 'states');
    expect(rights.flatMap(({ Action }) => Action).sort()).toEqual([
      'states:DescribeExecution',
      'states:RedriveExecution',
      'states:StartExecution',
      'states:StopExecution',
    ]);
    for (const { Resource } of rights) expect(JSON.stringify(Resource)).toContain('Hikkoshi-transfer');
    const [read] = actionsOf('transfer', 's3');
    expect(read!.Action).toEqual(['s3:GetObject']);
    expect(JSON.stringify(read!.Resource)).toMatch(/StorageTemporary.*\/temporary\/\*/);
  });

  test('only the outbox starts flows and ends waits', () => {
    const text = Object.entries(made.findResources('AWS::IAM::Policy'))
      .filter(([, policy]) => JSON.stringify(policy).includes('states:SendTaskSuccess'))
      .map(([id]) => id.replace(/[0-9A-F]{8}$/, ''));
    expect(text).toEqual(['FunctionsDeliverOutboxRoleDefaultPolicy']);
  });
});
