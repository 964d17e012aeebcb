import { createHash, randomBytes } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { S3Client } from '@aws-sdk/client-s3';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SESClient } from '@aws-sdk/client-ses';
import { SFNClient } from '@aws-sdk/client-sfn';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Ports } from '../case/ports.ts';
import sample from '../case/settings.sample.json' with { type: 'json' };
import { settings as settingsSchema } from '../case/settings.ts';
import { type Environment, environment, readEnvironment } from './environment.ts';
import { eventBridgeEvents } from './events.ts';
import { sesMailer } from './mailer.ts';
import { s3Objects } from './objects.ts';
import { dynamoRecords } from './records.ts';
import { secretsManagerVault } from './vault.ts';
import { stepFunctionsWorkflow } from './workflow.ts';

/** No call waits for ever. Milliseconds. */
const patience = {
  maxAttempts: 5,
  requestHandler: { connectionTimeout: 5_000, requestTimeout: 60_000, throwOnRequestTimeout: true },
};

let opened: Promise<Ports> | undefined;

/** All ports, made once for each container. A failure is not kept: the next invocation tries again. */
export function awsPorts(): Promise<Ports> {
  opened ??= openPorts(readEnvironment(environment, process.env)).catch((error: unknown) => {
    opened = undefined;
    throw error;
  });
  return opened;
}

export async function openPorts(names: Environment): Promise<Ports> {
  // Written into the bundle by infra/bundles.ts; unbundled, in tests, it is the sample.
  const deployed = process.env.HIKKOSHI_SETTINGS_JSON;
  const settings = settingsSchema.parse(deployed ? JSON.parse(deployed) : sample);
  const table = DynamoDBDocumentClient.from(new DynamoDBClient(patience));
  const secrets = new SecretsManagerClient(patience);
  const linkKey = await readLinkKey(secrets, names.LINK_KEY_SECRET);
  return {
    clock: { now: () => new Date() },
    random: { bytes: (count) => new Uint8Array(randomBytes(count)) },
    records: dynamoRecords(table, names.TABLE_NAME),
    objects: s3Objects(new S3Client(patience), {
      temporary: names.TEMPORARY_BUCKET,
      records: names.RECORDS_BUCKET,
    }),
    vault: secretsManagerVault(secrets, {
      prefix: names.VAULT_PREFIX,
      keyId: names.VAULT_KEY,
      table,
      tableName: names.TABLE_NAME,
    }),
    mailer: sesMailer(new SESClient(patience), {
      from: { name: settings.issuer.name, address: names.MAIL_FROM },
      configurationSet: names.MAIL_CONFIGURATION_SET,
    }),
    events: eventBridgeEvents(new EventBridgeClient(patience), names.EVENT_BUS),
    workflow: stepFunctionsWorkflow(new SFNClient(patience), {
      'simple-quote': names.SIMPLE_QUOTE_MACHINE,
      'formal-quote': names.FORMAL_QUOTE_MACHINE,
      order: names.ORDER_MACHINE,
      transfer: names.TRANSFER_MACHINE,
      'web-scan': names.WEB_SCAN_MACHINE,
    }),
    settings,
    get linkKey() {
      if (!linkKey)
        throw new Error('This function has no right to the key of the links (infra/handlers.ts, link-key).');
      return linkKey;
    },
    remaining: () => Number.POSITIVE_INFINITY,
  };
}

/** 32 bytes from the generated text; undefined for a function that may not read it. */
async function readLinkKey(client: SecretsManagerClient, SecretId?: string): Promise<Uint8Array | undefined> {
  if (!SecretId) return undefined;
  try {
    const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId }));
    if (!SecretString || SecretString.length < 32)
      throw new Error('The secret of the link key is empty or too short.');
    return new Uint8Array(createHash('sha256').update(SecretString).digest());
  } catch (error) {
    if ((error as Error).name === 'AccessDeniedException') return undefined;
    throw error;
  }
}
