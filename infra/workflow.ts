import { CfnDeletionPolicy, RemovalPolicy } from 'aws-cdk-lib';
import {
  CfnStateMachineAlias,
  CfnStateMachineVersion,
  DefinitionBody,
  LogLevel,
  StateMachine,
  StateMachineType,
} from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';
import type { Functions } from './functions.ts';
import { handlers, pascalCase } from './handlers.ts';
import type { Keys } from './keys.ts';
import { logGroup } from './logs.ts';
import { liveAlias, machineArn, machineName } from './machine-names.ts';
import { type Machine, machines, readDefinition, substitutions } from './state-language.ts';
import type { Storage } from './storage.ts';
import { grantChildren, grantDistributedMap, grantInvocation } from './workflow-rights.ts';

export interface WorkflowProps {
  functions: Functions;
  storage: Storage;
  keys: Keys;
}

/** The four flows. The business is in their files; here they get names, logs, rights and a published version. */
export class Workflow extends Construct {
  readonly machines: ReadonlyMap<Machine, StateMachine>;

  constructor(scope: Construct, id: string, props: WorkflowProps) {
    super(scope, id);
    const steps = handlers.filter(({ startedBy }) => startedBy === 'workflow');
    const known = new Map<string, string>([
      ...steps.map(
        ({ name }) => [`${pascalCase(name)}Arn`, props.functions.get(name).alias.functionArn] as const,
      ),
      ...machines.map(
        (name) => [`${pascalCase(name)}Arn`, `${machineArn(this, name)}:${liveAlias}`] as const,
      ),
      ['TemporaryBucket', props.storage.temporary.bucketName],
      ['RecordsBucket', props.storage.records.bucketName],
    ]);
    this.machines = new Map(machines.map((machine) => [machine, this.#make(machine, known, props)]));
  }

  #make(machine: Machine, known: ReadonlyMap<string, string>, props: WorkflowProps): StateMachine {
    const id = pascalCase(machine);
    const definition = readDefinition(machine);
    // Step Functions lists each of its log groups in one resource policy of limited size, except below this prefix.
    const log = logGroup(
      this,
      `${id}Log`,
      props.keys.operations,
      `/aws/vendedlogs/states/${machineName(this, machine)}`,
    );
    const made = new StateMachine(this, id, {
      stateMachineName: machineName(this, machine),
      stateMachineType: StateMachineType.STANDARD,
      // Without its indentation: a template holds one megabyte.
      definitionBody: DefinitionBody.fromString(JSON.stringify(JSON.parse(definition))),
      definitionSubstitutions: substitutions(definition, known),
      // Task tokens and facts of the case pass through the states: that an event happened is logged, not what it held.
      logs: { destination: log, level: LogLevel.ALL, includeExecutionData: false },
      tracingEnabled: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    acknowledge(
      made.role,
      'AwsSolutions-IAM5[Resource::*]',
      'Log delivery and X-Ray have no resources to name: that is how their APIs are defined.',
    );
    grantInvocation(made, definition, props.functions);
    grantChildren(made, definition);
    grantDistributedMap(made, machine, definition, props);
    this.#publish(id, made);
    return made;
  }

  /** A version for each change of the definition; earlier ones stay for the executions that run on them. */
  #publish(id: string, made: StateMachine): void {
    const version = new CfnStateMachineVersion(this, `${id}Version`, {
      stateMachineArn: made.stateMachineArn,
      stateMachineRevisionId: made.stateMachineRevisionId,
    });
    version.cfnOptions.deletionPolicy = CfnDeletionPolicy.RETAIN;
    version.cfnOptions.updateReplacePolicy = CfnDeletionPolicy.RETAIN;
    new CfnStateMachineAlias(this, `${id}Alias`, {
      name: liveAlias,
      deploymentPreference: { type: 'ALL_AT_ONCE', stateMachineVersionArn: version.ref },
    });
  }
}
