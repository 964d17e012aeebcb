import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import type { Context } from 'aws-lambda';
import * as z from 'zod';
import { environment, readEnvironment } from '../../functions/aws/environment.ts';
import { failureOf } from '../../functions/aws/failure.ts';
import { onLambda } from '../../functions/aws/lambda.ts';
import { Redaction } from '../../functions/aws/redaction.ts';
import { RetryAfterError, TerminalError, VersionConflictError } from '../../functions/case/errors.ts';
import type { Ports } from '../../functions/case/ports.ts';

const context = { getRemainingTimeInMillis: () => 12_000, awsRequestId: 'request-1' } as Context;

describe('the handler around every step', () => {
  const secrets = {
    password: 'pässwörd "髙" \\ &=+/?',
    stored: '-----BEGIN KEY-----\nplanted+key/line\n-----END KEY-----',
    task: 'AQCEAAAAKgAAAAMplanted/task+token==',
    token: 'AQCEAAAAKgAAAAMplanted/event+token==',
    field: 'planted<field>secret',
    linkKey: '00112233445566778899aabbccddeeff00112233445566778899aabbccddee42',
  };

  test.each(['ours', 'a library', 'a cause', 'a name', 'a text'])(
    'planted secrets leave it in no form when %s holds them',
    async (way) => {
      const { stdout, stderr } = await promisify(execFile)(
        process.execPath,
        [join(import.meta.dirname, 'failing-handler-for-test.ts'), JSON.stringify({ way, secrets })],
        // Even someone who switches on the logging of events must not get them.
        { env: { ...process.env, POWERTOOLS_LOGGER_LOG_EVENT: 'true', LOG_LEVEL: 'DEBUG' } },
      );
      const output = stdout + stderr;
      expect(output).toContain('The step failed');
      expect(output).toContain('"caseId":"C-1"');
      expect(output).toContain('Invoke Error');
      if (way === 'ours') expect(output).toContain('The server said [secret]');
      for (const secret of Object.values(secrets)) {
        const bytes = Buffer.from(secret);
        const hex = bytes.toString('hex');
        // The middle of what base64 makes of it, wherever in a text it stands.
        const base64 = [0, 1, 2].map((before) =>
          Buffer.concat([Buffer.alloc(before), bytes])
            .toString('base64')
            .slice(4, -4),
        );
        const forms = [
          secret,
          JSON.stringify(secret).slice(1, -1),
          hex,
          hex.toUpperCase(),
          encodeURIComponent(secret),
          new URLSearchParams({ a: secret }).toString().slice(2),
          ...base64,
          ...base64.map((form) => form.replaceAll('+', '-').replaceAll('/', '_')),
        ];
        for (const form of forms) expect(output).not.toContain(form);
      }
    },
  );

  test('it gives the step the event and the time that is left, and gives back the result', async () => {
    const handler = onLambda(
      async (event, ports) => ({ event, remaining: ports.remaining() }),
      async () => ({}) as Ports,
    );
    expect(await handler({ a: 1 }, context)).toEqual({ event: { a: 1 }, remaining: 7_000 });
    const late = { ...context, getRemainingTimeInMillis: () => 100 };
    expect(await handler(null, late)).toEqual({ event: null, remaining: 0 });
  });

  test('a function without the right to the link key works as long as it does not ask for it', async () => {
    const ports = {
      get linkKey(): Uint8Array {
        throw new Error('no right');
      },
    } as Ports;
    const open = async () => ports;
    expect(await onLambda(async () => 'done', open)({}, context)).toBe('done');
    await expect(onLambda(async (_, given) => given.linkKey, open)({}, context)).rejects.toThrow();
  });

  test('a failure to open the ports is a failure like any other', async () => {
    const handler = onLambda(
      async () => 'never',
      async () => {
        throw new TerminalError('The environment is wrong.');
      },
    );
    await expect(handler({}, context)).rejects.toMatchObject({
      name: 'TerminalError',
      message: 'The environment is wrong.',
    });
  });
});

describe('what a state machine sees of an error', () => {
  const seen = (error: unknown) => failureOf(error, new Redaction());

  test('errors of ours keep their name and message', () => {
    for (const error of [new VersionConflictError('again'), new RetryAfterError('later', new Date())]) {
      expect(seen(error)).toMatchObject({ name: error.name, message: error.message });
    }
  });

  test('a busy or unreachable service is transient, and is retried', () => {
    const named = (name: string, more = {}) => Object.assign(new Error('m'), { name }, more);
    const transient = [
      named('ThrottlingException'),
      named('ProvisionedThroughputExceededException'),
      named('SlowDown'),
      named('TimeoutError'),
      named('AnyException', { $metadata: { httpStatusCode: 503 } }),
      named('Error', { code: 'ECONNRESET' }),
    ];
    for (const error of transient) expect(seen(error).name).toBe('TransientError');
    for (const error of [
      named('AccessDeniedException', { $metadata: { httpStatusCode: 400 } }),
      named('TypeError'),
    ]) {
      expect(seen(error).name).toBe(error.name);
    }
  });

  test('the message of anybody else is not passed on, the place and the code are', () => {
    const failure = seen(Object.assign(new Error('near "hunter2"'), { code: 'ER_PARSE_ERROR' }));
    expect(failure.message).toBe('Error, ER_PARSE_ERROR; its message is not shown.');
    expect(failure.stack).toMatch(/at .*lambda\.test\.ts/);
    expect(failure.stack).not.toContain('hunter2');
  });

  test('wrong input is described by its fields', () => {
    const { error } = z
      .object({ caseId: z.string(), count: z.int() })
      .safeParse({ caseId: 'a', count: 'hunter2' });
    expect(seen(error).message).toBe(
      'The input does not have the form that this step takes: count (invalid_type).',
    );
  });

  test('an incomplete environment is named, without its values', () => {
    const variables = { TABLE_NAME: 'cases', MAIL_FROM: 'hunter2' };
    expect(() => readEnvironment(environment, variables)).toThrow(
      /TEMPORARY_BUCKET.*MAIL_FROM.*TRANSFER_MACHINE/,
    );
    expect(() => readEnvironment(environment, variables)).not.toThrow(/hunter2|TABLE_NAME/);
  });
});
