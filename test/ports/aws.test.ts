import { randomBytes } from 'node:crypto';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { CreateMultipartUploadCommand, UploadPartCommand } from '@aws-sdk/client-s3';
import { SESClient } from '@aws-sdk/client-ses';
import { SFNClient } from '@aws-sdk/client-sfn';
import { GetCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { afterEach, describe, expect, test } from '@jest/globals';
import { eventBridgeEvents } from '../../functions/aws/events.ts';
import { sesMailer } from '../../functions/aws/mailer.ts';
import { indexes, linkKey } from '../../functions/aws/table.ts';
import { stepFunctionsWorkflow } from '../../functions/aws/workflow.ts';
import { type Answer, failure, startStandIn } from './aws-stand-in.ts';
import { at, change, eventEntry, newCase, openTask } from './case-for-test.ts';
import { buckets, from, onAws } from './on-aws.ts';

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});
function stopLater<T extends { stop: () => Promise<void> }>(started: T): T {
  stops.push(started.stop);
  return started;
}

describe('what only the ports of AWS promise', () => {
  test('a task token is in the table and in no index; a link goes away by itself', async () => {
    const { port, table, tableName } = stopLater(await onAws.records());
    const planted = 'planted-task-token';
    const sha256 = 'ab'.repeat(32);
    const one = newCase('T-1', {
      tasks: [openTask('consent', at(0), { token: planted })],
      nextReminderAt: at(1),
    });
    const outbox = [eventEntry('T-1', 'T-1-1', at(0))];
    await port.commit(change(one, { outbox, links: [{ sha256, taskId: 'consent.1' }] }));
    const scan = (IndexName?: string) =>
      table.send(new ScanCommand({ TableName: tableName, ...(IndexName && { IndexName }) }));
    expect(JSON.stringify((await scan()).Items)).toContain(planted);
    for (const { name } of indexes) {
      const { Items } = await scan(name);
      expect(Items).toHaveLength(1);
      expect(JSON.stringify(Items)).not.toContain(planted);
    }
    const { Item } = await table.send(new GetCommand({ TableName: tableName, Key: linkKey(sha256) }));
    expect(Item?.expiresAt).toBe(Date.parse(at(0)) / 1000 + 180 * 86_400);
  });

  test('an erasure takes old versions and unfinished uploads too, in the right bucket', async () => {
    const { port, client, versions } = stopLater(await onAws.objects());
    const key = 'temporary/C-1/staged';
    for (let version = 0; version < 5; version++) await port.put(key, randomBytes(10));
    await port.put('records/C-1/ledger', randomBytes(10));
    for (let upload = 0; upload < 3; upload++) {
      const place = { Bucket: buckets.temporary, Key: `${key}-${upload}` };
      const { UploadId } = await client.send(new CreateMultipartUploadCommand(place));
      await client.send(new UploadPartCommand({ ...place, UploadId, PartNumber: 1, Body: randomBytes(10) }));
    }
    expect(versions.count(buckets.temporary, 'temporary/')).toEqual({ versions: 5, uploads: 3 });
    expect(await port.deleteAll('temporary/C-1/')).toBe(1);
    expect(versions.count(buckets.temporary, 'temporary/')).toEqual({ versions: 0, uploads: 0 });
    expect(versions.count(buckets.records, 'records/')).toEqual({ versions: 1, uploads: 0 });
  });

  test('an upload that breaks off leaves no parts behind', async () => {
    const { port, versions } = stopLater(await onAws.objects());
    const broken = (async function* () {
      for (let part = 0; part < 20; part++) yield Buffer.alloc(1_000_000);
      throw new Error('the source went away');
    })();
    await expect(port.put('temporary/broken', broken)).rejects.toThrow('the source went away');
    expect(versions.count(buckets.temporary, 'temporary/')).toEqual({ versions: 0, uploads: 0 });
  });

  test('an erased secret is gone from Secrets Manager, and its name from the table', async () => {
    const { port, secrets } = stopLater(await onAws.vault());
    await port.put('C-1', 'source-web', 'one');
    await port.put('C-1', 'target-web', 'two');
    expect([...secrets.keys()]).toEqual(['hikkoshi/cases/C-1/source-web', 'hikkoshi/cases/C-1/target-web']);
    // Lost by another hand: an erasure goes on.
    secrets.delete('hikkoshi/cases/C-1/source-web');
    expect(await port.erase('C-1')).toBe(2);
    expect(secrets.size).toBe(0);
    expect(await port.erase('C-1')).toBe(0);
  });

  test('the MIME that SES gets has one recipient, stable ids and the attachment', async () => {
    const { port, sent } = stopLater(await onAws.mailer());
    const content = randomBytes(5000);
    const mail = {
      messageId: 'C-1-2-1@hikkoshi.example.jp',
      to: 'Customer@example.jp',
      subject: '御見積書',
      text: 'Bcc: evil@example.com\r\n.\r\n髙﨑𠮷',
      html: '<p>髙﨑𠮷</p>',
      attachments: [{ filename: '御見積書 𠮷.pdf', contentType: 'application/pdf', content }],
    };
    await port.send(mail);
    await port.send(mail);
    for (const { mime, source } of sent) {
      const head = mime
        .slice(0, mime.indexOf('\r\n\r\n'))
        .replace(/\r\n[ \t]+/g, ' ')
        .split('\r\n');
      const named = (name: string) => head.filter((line) => line.toLowerCase().startsWith(`${name}:`));
      expect(source).toBe(from.address);
      expect(named('to')).toEqual(['To: Customer@example.jp']);
      expect([...named('cc'), ...named('bcc')]).toEqual([]);
      expect(named('message-id')).toEqual(['Message-ID: <C-1-2-1@hikkoshi.example.jp>']);
      expect(named('x-hikkoshi-message-id')).toEqual([
        'X-Hikkoshi-Message-ID: <C-1-2-1@hikkoshi.example.jp>',
      ]);
      expect(named('auto-submitted')).toEqual(['Auto-Submitted: auto-generated']);
      expect(mime.replace(/\r\n/g, '')).toContain(content.toString('base64'));
      expect(Math.max(...mime.split('\r\n').map((line) => line.length))).toBeLessThanOrEqual(998);
    }
    expect(sent).toHaveLength(2);
  });

  test('a refusal by SES is final and does not repeat the address', async () => {
    const refuse = () => failure('MessageRejected', 'Email address is not verified: customer@example.jp');
    const { connection } = stopLater(await startStandIn({ SendRawEmail: refuse }));
    const mailer = sesMailer(new SESClient(connection), { from });
    const mail = {
      messageId: 'a@b',
      to: 'customer@example.jp',
      subject: 's',
      text: 't',
      html: 'h',
      attachments: [],
    };
    const refusal = await mailer.send(mail).catch((error: Error) => error);
    expect(refusal).toMatchObject({ name: 'TerminalError' });
    expect((refusal as Error).message).not.toContain('customer');
  });

  test('an event that EventBridge did not take is tried again; one too large is not', async () => {
    const entries = {
      FailedEntryCount: 1,
      Entries: [{ ErrorCode: 'ThrottlingException', ErrorMessage: 'slow' }],
    };
    const { connection } = stopLater(await startStandIn({ PutEvents: () => ({ body: entries }) }));
    const events = eventBridgeEvents(new EventBridgeClient(connection), 'bus');
    const event = { id: 'C-1-1-1', type: 'invoice', at: at(0), detail: {} };
    await expect(events.publish(event)).rejects.toMatchObject({ name: 'TransientError' });
    const large = { ...event, detail: { text: 'x'.repeat(300_000) } };
    await expect(events.publish(large)).rejects.toMatchObject({ name: 'TerminalError' });
  });
});

describe('workflow on aws', () => {
  const alias = (machine: string) =>
    `arn:aws:states:ap-northeast-1:123456789012:stateMachine:${machine}:live`;
  const machines = {
    'simple-quote': alias('simple-quote'),
    'formal-quote': alias('formal-quote'),
    order: alias('order'),
    transfer: alias('transfer'),
    'web-scan': alias('web-scan'),
  };

  test('starting one name twice is one execution and no error', async () => {
    const started = new Map<string, unknown>();
    const { connection } = stopLater(
      await startStandIn({
        StartExecution({ stateMachineArn, name, input }) {
          if (started.has(String(name))) return failure('ExecutionAlreadyExists');
          started.set(String(name), { stateMachineArn, input });
          return { body: { executionArn: `arn:${name}`, startDate: 1 } };
        },
      }),
    );
    const workflow = stepFunctionsWorkflow(new SFNClient(connection), machines);
    await workflow.start('formal-quote', 'C-1-formal-quote', { caseId: 'C-1' });
    await workflow.start('formal-quote', 'C-1-formal-quote', { caseId: 'C-1' });
    const expected = { stateMachineArn: machines['formal-quote'], input: '{"caseId":"C-1"}' };
    expect([...started]).toEqual([['C-1-formal-quote', expected]]);
  });

  test.each(['TaskTimedOut', 'TaskDoesNotExist', 'InvalidToken'])(
    '%s means that nobody waits any more',
    async (name) => {
      const { connection } = stopLater(await startStandIn({ SendTaskSuccess: () => failure(name) }));
      const workflow = stepFunctionsWorkflow(new SFNClient(connection), machines);
      expect(await workflow.succeed('token', {})).toBe(false);
    },
  );

  test('a result is delivered as JSON; any other failure is one', async () => {
    const seen: unknown[] = [];
    const answers: Answer[] = [{ body: {} }, failure('AccessDeniedException')];
    const { connection } = stopLater(
      await startStandIn({
        SendTaskSuccess(input) {
          seen.push(input);
          return answers.shift()!;
        },
        StartExecution: () => failure('StateMachineDoesNotExist'),
      }),
    );
    const workflow = stepFunctionsWorkflow(new SFNClient(connection), machines);
    expect(await workflow.succeed('token', { decision: 'accepted' })).toBe(true);
    expect(seen).toEqual([{ taskToken: 'token', output: '{"decision":"accepted"}' }]);
    await expect(workflow.succeed('token', {})).rejects.toMatchObject({ name: 'AccessDeniedException' });
    await expect(workflow.start('order', 'n', {})).rejects.toMatchObject({
      name: 'StateMachineDoesNotExist',
    });
  });
});
