import { describe, expect, test } from '@jest/globals';
import { environment } from '../../functions/aws/environment.ts';
import { handlers, pascalCase } from '../../infra/handlers.ts';
import { machines } from '../../infra/state-language.ts';
import { policies, policyOf, template } from './template.ts';

const made = template();
const resources = (type: string) => Object.entries(made.findResources(type));
const functions = resources('AWS::Lambda::Function');

describe('each function', () => {
  test('is in the template once, on Node 24 and with its own limits', () => {
    expect(functions).toHaveLength(handlers.length);
    for (const { name, memory, timeout } of handlers) {
      const [, found] = functions.find(([id]) => id.startsWith(`Functions${pascalCase(name)}Function`))!;
      const { Runtime, MemorySize, Timeout, TracingConfig, VpcConfig } = found.Properties;
      expect([name, Runtime, MemorySize, Timeout]).toEqual([name, 'nodejs24.x', memory, timeout]);
      expect([TracingConfig, VpcConfig]).toEqual([{ Mode: 'Active' }, undefined]);
    }
  });

  test('has a role, a log group and an alias of its own', () => {
    const own = (pick: (properties: Record<string, never>) => unknown) =>
      new Set(functions.map(([, { Properties }]) => JSON.stringify(pick(Properties)))).size;
    expect(own(({ Role }) => Role)).toBe(handlers.length);
    expect(own(({ LoggingConfig }) => LoggingConfig)).toBe(handlers.length);
    expect(resources('AWS::Lambda::Alias').map(([, { Properties }]) => Properties.Name)).toEqual(
      handlers.map(() => 'live'),
    );
  });

  test('keeps its old versions: an execution in flight goes on calling them', () => {
    const versions = resources('AWS::Lambda::Version');
    expect(versions).toHaveLength(handlers.length);
    for (const [id, version] of versions) {
      expect([id, version.DeletionPolicy, version.UpdateReplacePolicy]).toEqual([id, 'Retain', 'Retain']);
    }
  });

  test('finds in its environment what the ports read there, and no secret', () => {
    for (const [id, { Properties }] of functions) {
      // References become what they resolve to; machines are checked by their form.
      const variables = JSON.parse(
        JSON.stringify(Properties.Environment.Variables, (_, value) => resolved(value)),
      );
      expect([id, environment.safeParse(variables).error?.issues ?? []]).toEqual([id, []]);
      expect(JSON.stringify(variables)).not.toMatch(/password|token/i);
    }
  });

  test('that runs pg_dump has the layer with it, once one is named', () => {
    const arn = 'arn:aws:lambda:ap-northeast-1:111111111111:layer:postgresql:1';
    const layered = template({ 'postgresql-layer': arn }).findResources('AWS::Lambda::Function');
    const having = Object.values(layered).filter(({ Properties }) => Properties.Layers?.includes(arn));
    expect(having).toHaveLength(handlers.filter(({ postgresql }) => postgresql).length);
    expect(functions.some(([, { Properties }]) => Properties.Layers)).toBe(false);
  });

  test('knows the link key only where it may read it', () => {
    const knowing = functions.filter(
      ([, { Properties }]) => Properties.Environment.Variables.LINK_KEY_SECRET,
    );
    expect(knowing).toHaveLength(handlers.filter(({ reaches }) => reaches.includes('link-key')).length);
  });
});

describe('rights', () => {
  const all = [...policies(made)].flatMap(([id, statements]) => statements.map((one) => [id, one] as const));

  test('no action is a wildcard', () => {
    expect(all.length).toBeGreaterThan(100);
    expect(all.filter(([, { Action }]) => Action.some((action) => action.includes('*')))).toEqual([]);
  });

  test('no managed policy is attached', () => {
    const attached = resources('AWS::IAM::Role').filter(([, { Properties }]) => Properties.ManagedPolicyArns);
    expect(attached.map(([id]) => id)).toEqual([]);
  });

  test('every resource is allowed nothing but traces and log delivery', () => {
    const open = all.filter(([, { Resource }]) => Resource.includes('*')).flatMap(([, { Action }]) => Action);
    expect(
      open.filter((action) => !/^(xray:(Put|Get)|logs:\w*(LogDeliver|ResourcePolic|LogGroups))/.test(action)),
    ).toEqual([]);
  });

  test('only who erases may delete objects, and nobody deletes a record', () => {
    const deleting = all.filter(([, { Action }]) => Action.some((action) => action.startsWith('s3:Delete')));
    const erasing = handlers.filter(({ reaches }) => reaches.includes('staged:erase'));
    expect(deleting).toHaveLength(erasing.length);
    expect(JSON.stringify(deleting.map(([, { Resource }]) => Resource))).not.toContain('StorageRecords');
  });

  test('mail goes out of one function, in one name', () => {
    const sending = all.filter(([, { Action }]) => Action.some((action) => action.startsWith('ses:')));
    expect(sending.map(([id]) => id.replace(/[0-9A-F]{8}$/, ''))).toEqual([
      'FunctionsDeliverOutboxRoleDefaultPolicy',
    ]);
    expect(sending[0]![1].Condition).toEqual({
      StringEquals: { 'ses:FromAddress': expect.stringMatching(/^[^@*]+@[^@*]+$/) },
    });
  });

  test('the data key works through services alone', () => {
    const data = all.filter(
      ([, { Action, Resource }]) =>
        Action.some((action) => action.startsWith('kms:')) && JSON.stringify(Resource).includes('KeysData'),
    );
    expect(data.length).toBeGreaterThan(handlers.length / 2);
    expect(data.filter(([, { Condition }]) => !Condition?.StringEquals?.['kms:ViaService'])).toEqual([]);
  });

  test('who only looks cannot write', () => {
    const actions = policyOf(made, 'FunctionsSetDeadlineRole').flatMap(({ Action }) => Action);
    expect(actions.filter((action) => action.startsWith('dynamodb:'))).toEqual([
      'dynamodb:GetItem',
      'dynamodb:Query',
    ]);
  });
});

test('every log is encrypted and ends after three months', () => {
  const logs = resources('AWS::Logs::LogGroup');
  // Functions, flows and the access log.
  expect(logs).toHaveLength(handlers.length + machines.length + 1);
  for (const [id, { Properties }] of logs) {
    expect([id, Properties.RetentionInDays, Properties.KmsKeyId !== undefined]).toEqual([id, 90, true]);
  }
});

function resolved(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if ('Ref' in value) {
    const known: Record<string, string> = { 'AWS::Partition': 'aws', 'AWS::Region': 'ap-northeast-1' };
    return known[String(value.Ref)] ?? (value.Ref === 'AWS::AccountId' ? '123456789012' : 'resource');
  }
  if ('Fn::GetAtt' in value) return 'attribute';
  if ('Fn::Join' in value) {
    const [separator, parts] = value['Fn::Join'] as [string, unknown[]];
    return parts.map(resolved).join(separator);
  }
  return value;
}
