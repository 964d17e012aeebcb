import { Aws } from 'aws-cdk-lib';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { grant } from './acknowledge.ts';
import type { Functions } from './functions.ts';
import { handlers, pascalCase } from './handlers.ts';
import type { Keys } from './keys.ts';
import { executionArn, liveAlias, machineArn } from './machine-names.ts';
import { type Machine, machines, placeholders } from './state-language.ts';
import type { Storage } from './storage.ts';

/*
 * CDK grants nothing to a machine that comes from a file. The rights are read from the file: what it names it may use.
 */

/** The aliases of the functions that the definition names. */
export function grantInvocation(machine: StateMachine, definition: string, functions: Functions): void {
  const named = placeholders(definition);
  const resources = handlers
    .filter(({ name }) => named.includes(`${pascalCase(name)}Arn`))
    .map(({ name }) => functions.get(name).alias.functionArn);
  grant(machine.role, { actions: ['lambda:InvokeFunction'], resources });
}

/** `states:startExecution.sync:2` starts the child, and hears of its end through a rule that Step Functions manages. */
export function grantChildren(machine: StateMachine, definition: string): void {
  const named = placeholders(definition);
  const children = machines.filter((name) => named.includes(`${pascalCase(name)}Arn`));
  if (children.length === 0) return;
  grant(machine.role, {
    actions: ['states:StartExecution'],
    resources: children.map((child) => machineArn(machine, child)),
    conditions: { StringEquals: { 'states:StateMachineQualifier': liveAlias } },
  });
  grant(machine.role, {
    actions: ['states:DescribeExecution', 'states:StopExecution', 'states:RedriveExecution'],
    resources: children.map((child) => `${executionArn(machine, child)}:*`),
    because: 'The name of an execution is only known when it starts; the flow that it belongs to is named.',
  });
  grant(machine.role, {
    actions: ['events:PutTargets', 'events:PutRule', 'events:DescribeRule'],
    resources: [
      `arn:${Aws.PARTITION}:events:${Aws.REGION}:${Aws.ACCOUNT_ID}:rule/StepFunctionsGetEventsForStepFunctionsExecutionRule`,
    ],
  });
}

/** A Distributed Map starts its own machine for each chunk, redrives these, and reads the list of chunks. */
export function grantDistributedMap(
  machine: StateMachine,
  name: Machine,
  definition: string,
  props: { storage: Storage; keys: Keys },
): void {
  if (!definition.includes('"DISTRIBUTED"')) return;
  grant(machine.role, { actions: ['states:StartExecution'], resources: [machineArn(machine, name)] });
  grant(machine.role, {
    actions: ['states:DescribeExecution', 'states:StopExecution'],
    resources: [`${executionArn(machine, name)}:*`],
    because:
      'Step Functions makes up the names of the executions of a Map Run; the flow that they belong to is named.',
  });
  grant(machine.role, {
    actions: ['states:RedriveExecution'],
    resources: [`${executionArn(machine, name)}/*:*`],
    because: 'The same executions, under the label that Step Functions gives to a Map Run.',
  });
  if (!definition.includes('arn:aws:states:::s3:getObject')) return;
  grant(machine.role, {
    actions: ['s3:GetObject'],
    resources: [props.storage.temporary.arnForObjects('temporary/*')],
    because: 'The list of chunks lies below the case’s own prefix, which is only known at run time.',
  });
  grant(machine.role, {
    actions: ['kms:Decrypt'],
    resources: [props.keys.data.keyArn],
    conditions: { StringEquals: { 'kms:ViaService': `s3.${Aws.REGION}.amazonaws.com` } },
  });
}
