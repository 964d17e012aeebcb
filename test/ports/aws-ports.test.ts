import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, describe, expect, test } from '@jest/globals';
import { environment } from '../../functions/aws/environment.ts';
import { openPorts } from '../../functions/aws/ports.ts';
import { type Call, failure, startStandIn } from './aws-stand-in.ts';

const machine = (name: string) =>
  `arn:aws:states:ap-northeast-1:123456789012:stateMachine:hikkoshi-${name}:live`;
const names = environment.parse({
  TABLE_NAME: 'hikkoshi',
  TEMPORARY_BUCKET: 'temporary',
  RECORDS_BUCKET: 'records',
  VAULT_PREFIX: 'hikkoshi/cases',
  LINK_KEY_SECRET: 'link-key',
  MAIL_FROM: 'hikkoshi@example.jp',
  EVENT_BUS: 'bus',
  SIMPLE_QUOTE_MACHINE: machine('simple-quote'),
  FORMAL_QUOTE_MACHINE: machine('formal-quote'),
  ORDER_MACHINE: machine('order'),
  TRANSFER_MACHINE: machine('transfer'),
  WEB_SCAN_MACHINE: machine('web-scan'),
});

describe('the ports as a Lambda function makes them', () => {
  const before = { ...process.env };
  const stops: (() => Promise<void>)[] = [];
  afterEach(async () => {
    process.env = { ...before };
    for (const stop of stops.splice(0)) await stop();
  });

  async function openWith(GetSecretValue: Call, given = names) {
    const { connection, stop } = await startStandIn({ GetSecretValue });
    stops.push(stop);
    Object.assign(process.env, {
      AWS_ENDPOINT_URL: connection.endpoint,
      AWS_REGION: connection.region,
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
    });
    return openPorts(given);
  }

  test('the link key is 32 bytes, the same each time, made from the secret', async () => {
    const secret: Call = () => ({ body: { SecretString: 'a'.repeat(64) } });
    const [first, second] = [await openWith(secret), await openWith(secret)];
    expect(first.linkKey).toHaveLength(32);
    expect(second.linkKey).toEqual(first.linkKey);
    const other = await openWith(() => ({ body: { SecretString: 'b'.repeat(64) } }));
    expect(other.linkKey).not.toEqual(first.linkKey);
    expect(first.settings.version).not.toBe('');
    expect(first.random.bytes(16)).toHaveLength(16);
  });

  test('without the right to it everything else works', async () => {
    const denied = await openWith(() => failure('AccessDeniedException'));
    expect(() => denied.linkKey).toThrow('no right to the key');
    const { LINK_KEY_SECRET: _, ...without } = names;
    const absent = await openWith(() => failure('ResourceNotFoundException'), without);
    expect(() => absent.linkKey).toThrow('no right to the key');
  });

  test('a key that is empty, short or missing stops the start', async () => {
    await expect(openWith(() => ({ body: { SecretString: '' } }))).rejects.toThrow('too short');
    await expect(openWith(() => failure('ResourceNotFoundException'))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });

  test('a machine is named by its alias, never by itself', () => {
    const bare = { ...names, ORDER_MACHINE: machine('order').replace(/:live$/, '') };
    expect(environment.safeParse(bare).success).toBe(false);
  });

  test('importing a handler loads nothing of the SDK', async () => {
    const handler = join(import.meta.dirname, '../../functions/open-task.ts');
    const script = `
      import { registerHooks } from 'node:module';
      const loaded = [];
      registerHooks({ load(url, context, next) { loaded.push(url); return next(url, context); } });
      await import(${JSON.stringify(handler)});
      console.log(JSON.stringify(loaded));`;
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script]);
    const loaded = JSON.parse(stdout) as string[];
    expect(loaded.some((url) => url.endsWith('/aws/lambda.ts'))).toBe(true);
    expect(loaded.filter((url) => /@aws-sdk|@smithy|nodemailer/.test(url))).toEqual([]);
  });
});
