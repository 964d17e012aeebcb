import { Aws, Stack } from 'aws-cdk-lib';
import type { IRole } from 'aws-cdk-lib/aws-iam';
import { indexes } from '../functions/aws/table.ts';
import { grant, type Right } from './acknowledge.ts';
import type { Events } from './events.ts';
import type { Reach } from './handlers.ts';
import type { Keys } from './keys.ts';
import { liveAlias, machineArn } from './machine-names.ts';
import type { Mail } from './mail.ts';
import type { Records } from './records.ts';
import type { Secrets } from './secrets.ts';
import type { SignIn } from './sign-in.ts';
import { machines } from './state-language.ts';
import type { Storage } from './storage.ts';

/** All that a handler can reach. */
export interface World {
  keys: Keys;
  records: Records;
  storage: Storage;
  secrets: Secrets;
  mail: Mail;
  events: Events;
  signIn: SignIn;
}

/** The rights behind a handler's reaches, by hand: CDK's own grants come with wildcards. */
export function grantReaches(role: IRole, reaches: readonly Reach[], world: World): void {
  for (const reach of reaches) for (const right of rights[reach](world)) grant(role, right);
  const services = [...new Set(reaches.flatMap((reach) => encrypted[reach] ?? []))];
  if (services.length === 0) return;
  // The data key, only through the services that keep data under it: nobody decrypts with it directly.
  grant(role, {
    actions: ['kms:Decrypt', 'kms:DescribeKey', 'kms:Encrypt', 'kms:GenerateDataKey'],
    resources: [world.keys.data.keyArn],
    conditions: {
      StringEquals: { 'kms:ViaService': services.map((service) => `${service}.${Aws.REGION}.amazonaws.com`) },
    },
  });
}

/** The services behind each reach that keep their data under the data key. The vault has its register in the table. */
const encrypted: Partial<Record<Reach, string[]>> = {
  'cases:read': ['dynamodb'],
  cases: ['dynamodb'],
  'staged:read': ['s3'],
  staged: ['s3'],
  kept: ['s3'],
  'vault:read': ['secretsmanager'],
  'vault:write': ['secretsmanager', 'dynamodb'],
  'vault:erase': ['dynamodb'],
  'link-key': ['secretsmanager'],
};

const rights: Record<Reach, (world: World) => Right[]> = {
  'cases:read': readCases,
  cases: (world) => [
    ...readCases(world),
    // A transaction needs the right to each kind of write in it.
    {
      actions: [
        'dynamodb:ConditionCheckItem',
        'dynamodb:DeleteItem',
        'dynamodb:PutItem',
        'dynamodb:UpdateItem',
      ],
      resources: [world.records.table.tableArn],
    },
  ],
  'staged:read': ({ storage }) => objects(storage.temporary.bucketArn, ['s3:GetObject'], ['s3:ListBucket']),
  staged: ({ storage }) => objects(storage.temporary.bucketArn, readAndWrite, ['s3:ListBucket']),
  'staged:erase': ({ storage }) =>
    objects(storage.temporary.bucketArn, erase, ['s3:ListBucketVersions', 's3:ListBucketMultipartUploads']),
  kept: ({ storage }) => objects(storage.records.bucketArn, readAndWrite, ['s3:ListBucket']),
  'vault:read': vault('secretsmanager:GetSecretValue'),
  'vault:write': (world) => [
    ...vault('secretsmanager:CreateSecret', 'secretsmanager:PutSecretValue')(world),
    { actions: ['dynamodb:PutItem'], resources: [world.records.table.tableArn] },
  ],
  'vault:erase': (world) => [
    ...vault('secretsmanager:DeleteSecret')(world),
    { actions: ['dynamodb:Query', 'dynamodb:DeleteItem'], resources: [world.records.table.tableArn] },
  ],
  'link-key': ({ secrets }) => [
    { actions: ['secretsmanager:GetSecretValue'], resources: [secrets.linkKey.secretArn] },
  ],
  mail: ({ mail }) => [
    {
      actions: ['ses:SendRawEmail'],
      resources: [mail.identityArn, mail.configurationSetArn],
      conditions: { StringEquals: { 'ses:FromAddress': mail.from } },
    },
  ],
  events: ({ events }) => [{ actions: ['events:PutEvents'], resources: [events.bus.eventBusArn] }],
  flows: ({ keys }) => {
    const resources = machines.map((machine) => machineArn(Stack.of(keys), machine));
    return [
      {
        actions: ['states:StartExecution'],
        resources,
        conditions: { StringEquals: { 'states:StateMachineQualifier': liveAlias } },
      },
      { actions: ['states:SendTaskSuccess'], resources },
    ];
  },
};

function readCases({ records: { table } }: World): Right[] {
  return [
    {
      actions: ['dynamodb:GetItem', 'dynamodb:Query'],
      resources: [table.tableArn, ...indexes.map(({ name }) => `${table.tableArn}/index/${name}`)],
    },
  ];
}

const readAndWrite = ['s3:GetObject', 's3:PutObject', 's3:AbortMultipartUpload'];
/** An object of a bucket without versions is its own version `null`; unfinished uploads are copies too. */
const erase = ['s3:DeleteObject', 's3:DeleteObjectVersion', 's3:AbortMultipartUpload'];

function objects(bucketArn: string, actions: string[], lists: string[]): Right[] {
  return [
    { actions: lists, resources: [bucketArn] },
    {
      actions,
      resources: [`${bucketArn}/*`],
      because: 'Keys are made at run time from case ids; the bucket holds nothing but this kind of object.',
    },
  ];
}

function vault(...actions: string[]): (world: World) => Right[] {
  return ({ secrets }) => [
    {
      actions,
      resources: [secrets.vaultArn],
      because: 'A case’s secrets are made and erased at run time; the prefix is theirs alone.',
    },
  ];
}
