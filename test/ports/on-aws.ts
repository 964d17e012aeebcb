import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SESClient } from '@aws-sdk/client-ses';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { eventBridgeEvents } from '../../functions/aws/events.ts';
import { sesMailer } from '../../functions/aws/mailer.ts';
import { s3Objects } from '../../functions/aws/objects.ts';
import { dynamoRecords } from '../../functions/aws/records.ts';
import { secretsManagerVault } from '../../functions/aws/vault.ts';
import { startStandIn } from './aws-stand-in.ts';
import { startDynamoDb } from './dynamodb-local.ts';
import { startS3 } from './s3-emulator.ts';
import { startSecrets } from './secrets-stand-in.ts';

export const buckets = { temporary: 'hikkoshi-temporary', records: 'hikkoshi-records' };
export const from = { name: '株式会社見本', address: 'hikkoshi@example.jp' };

/** The ports of AWS against DynamoDB Local, fauxqs and stand-ins on loopback. */
export const onAws = {
  name: 'aws',
  records: async () => {
    const { client, tableName, stop } = await startDynamoDb();
    const table = DynamoDBDocumentClient.from(client);
    return { port: dynamoRecords(table, tableName), stop, table, tableName };
  },
  objects: async () => {
    const { client, versions, stop } = await startS3();
    for (const Bucket of Object.values(buckets)) await client.send(new CreateBucketCommand({ Bucket }));
    return { port: s3Objects(client, buckets), stop, client, versions };
  },
  vault: async () => {
    const table = await startDynamoDb();
    const { connection, secrets, stop } = await startSecrets();
    const port = secretsManagerVault(new SecretsManagerClient(connection), {
      prefix: 'hikkoshi/cases',
      table: DynamoDBDocumentClient.from(table.client),
      tableName: table.tableName,
    });
    const stopBoth = async () => {
      await stop();
      await table.stop();
    };
    return { port, stop: stopBoth, secrets };
  },
  mailer: async () => {
    const sent: { to: string[]; mime: string; source: string }[] = [];
    const { connection, stop } = await startStandIn({
      SendRawEmail(input) {
        const mime = Buffer.from(String(input['RawMessage.Data']), 'base64').toString();
        sent.push({ to: input.Destinations as string[], mime, source: String(input.Source) });
        return { body: {} };
      },
    });
    const port = sesMailer(new SESClient(connection), { from });
    const received = async () => sent.map(({ to, mime }) => ({ to, subject: subjectOf(mime) }));
    return { port, stop, received, sent };
  },
  events: async () => {
    const published: { id: string; type: string; detail: Record<string, unknown> }[] = [];
    const { connection, stop } = await startStandIn({
      PutEvents({ Entries }) {
        for (const entry of Entries as Record<string, string>[]) {
          const { id, at, ...detail } = JSON.parse(entry.Detail!) as Record<string, unknown>;
          if (typeof at !== 'string' || entry.Source !== 'hikkoshi' || entry.EventBusName !== 'bus')
            throw new Error();
          published.push({ id: String(id), type: entry.DetailType!, detail });
        }
        return { body: { FailedEntryCount: 0, Entries: [{ EventId: '1' }] } };
      },
    });
    return {
      port: eventBridgeEvents(new EventBridgeClient(connection), 'bus'),
      stop,
      received: async () => published,
    };
  },
};

/** RFC 2047: encoded words, over several lines. */
function subjectOf(mime: string): string {
  const raw = /^Subject: ((?:.|\r\n[ \t])*)/m.exec(mime)![1]!;
  return raw
    .replace(/\r\n[ \t]/g, ' ')
    .replace(/\?= =\?/g, '?==?')
    .replace(/=\?UTF-8\?(B|Q)\?(.*?)\?=/gi, (_, kind: string, text: string) =>
      kind.toUpperCase() === 'B'
        ? Buffer.from(text, 'base64').toString('latin1')
        : text
            .replaceAll('_', ' ')
            .replace(/=([0-9A-F]{2})/g, (__, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    )
    .replace(/^.*$/s, (bytes) => Buffer.from(bytes, 'latin1').toString());
}
