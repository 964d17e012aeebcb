import { Aws, Stack } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import type { Machine } from './state-language.ts';

/** Functions and flows are called through an alias of this name, and so keep the version that they began with. */
export const liveAlias = 'live';

export function machineName(scope: IConstruct, machine: Machine): string {
  return `${Stack.of(scope).stackName}-${machine}`;
}

/** From the name, not from the resource: functions know the flows that they start, and flows the functions they call. */
export function machineArn(scope: IConstruct, machine: Machine): string {
  return statesArn('stateMachine', machineName(scope, machine));
}

export function executionArn(scope: IConstruct, machine: Machine): string {
  return statesArn('execution', machineName(scope, machine));
}

function statesArn(kind: string, name: string): string {
  return `arn:${Aws.PARTITION}:states:${Aws.REGION}:${Aws.ACCOUNT_ID}:${kind}:${name}`;
}
