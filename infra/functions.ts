import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { Duration, RemovalPolicy, Stack, Stage } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Alias,
  Architecture,
  Code,
  type IAlias,
  type ILayerVersion,
  type IVersion,
  Function as LambdaFunction,
  LayerVersion,
  Runtime,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { acknowledge, grant } from './acknowledge.ts';
import { writeBundles } from './bundles.ts';
import { environment } from './environment.ts';
import { entries, type Handler, handlers, pascalCase } from './handlers.ts';
import { logGroup } from './logs.ts';
import { liveAlias } from './machine-names.ts';
import { grantReaches, type World } from './reach.ts';

/**
 * Every handler: own role, own log group, an alias in front of retained versions.
 *
 * No VPC: the servers that data moves from and to are public, and the case's hosts are checked against private ranges
 * before any connection (threats.md, row 3). Outside a VPC there is no private address of ours that could be reached by
 * mistake, no NAT gateway to pay for and to saturate with a customer's gigabytes.
 */
export class Functions extends Construct {
  readonly #functions = new Map<string, HandlerFunction>();

  constructor(
    scope: Construct,
    id: string,
    props: { world: World; directory: string; postgresqlLayerArn?: string | undefined },
  ) {
    super(scope, id);
    const files = entries(props.directory);
    // Where sources have the same relative path on every machine, so that equal code has an equal hash.
    const folder = join(Stage.of(this)!.assetOutdir, 'bundles');
    const bundled = Stack.of(this).bundlingRequired;
    if (bundled) writeBundles(files, folder);
    const layer =
      props.postgresqlLayerArn &&
      LayerVersion.fromLayerVersionArn(this, 'PostgreSqlPrograms', props.postgresqlLayerArn);
    for (const handler of handlers) {
      const made = new HandlerFunction(this, pascalCase(handler.name), {
        handler,
        code: bundled ? Code.fromAsset(join(folder, handler.name)) : unbundled,
        world: props.world,
        variables: environment(this, handler, props.world),
        layers: layer && handler.postgresql ? [layer] : [],
      });
      this.#functions.set(handler.name, made);
    }
    // Each has been staged as an asset of its own.
    rmSync(folder, { recursive: true, force: true });
  }

  /** Throws for a name that handlers.ts does not list. */
  get(name: string): HandlerFunction {
    const found = this.#functions.get(name);
    if (!found) throw new Error(`There is no handler ${name} in infra/handlers.ts.`);
    return found;
  }

  all(): HandlerFunction[] {
    return [...this.#functions.values()];
  }
}

export class HandlerFunction extends Construct {
  readonly handler: Handler;
  readonly role: Role;
  readonly logGroup: LogGroup;
  readonly function: LambdaFunction;
  /** What everything invokes: executions in flight keep the version that they began with. */
  readonly alias: IAlias;

  constructor(
    scope: Construct,
    id: string,
    props: {
      handler: Handler;
      code: Code;
      world: World;
      variables: Record<string, string>;
      layers: ILayerVersion[];
    },
  ) {
    super(scope, id);
    const { handler, world } = props;
    this.handler = handler;
    this.logGroup = logGroup(this, 'Log', world.keys.operations);
    this.role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    grant(this.role, {
      actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      resources: [this.logGroup.logGroupArn],
    });
    grantReaches(this.role, handler.reaches, world);
    acknowledge(
      this.role,
      'AwsSolutions-IAM5[Resource::*]',
      'X-Ray takes trace segments on no particular resource.',
    );

    this.function = new LambdaFunction(this, 'Function', {
      code: props.code,
      handler: 'index.handler',
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: handler.memory,
      ...(handler.oneAtATime && { reservedConcurrentExecutions: 1 }),
      timeout: Duration.seconds(handler.timeout),
      role: this.role,
      logGroup: this.logGroup,
      layers: props.layers,
      tracing: Tracing.ACTIVE,
      environment: props.variables,
      // Old versions stay: a waiting execution may call one ninety days from now.
      currentVersionOptions: { removalPolicy: RemovalPolicy.RETAIN },
    });
    this.alias = new Alias(this, 'Alias', {
      aliasName: liveAlias,
      version: this.function.currentVersion as IVersion,
    }) as IAlias;
  }
}

/** In place of code where only the template counts: context `aws:cdk:bundling-stacks` leaves this stack out. */
const unbundled = Code.fromInline('throw new Error("synthesized without code");');
