import { onLambda } from '../../functions/aws/lambda.ts';
import { TerminalError, TransientError } from '../../functions/case/errors.ts';
import type { Ports } from '../../functions/case/ports.ts';
import { newCase, openTask } from './case-for-test.ts';

/**
 * A process like a Lambda container: a handler that fails with the planted secrets in its error, and then what Lambda's
 * own runtime writes of an error: name, message, stack, and every other property, causes included.
 */
const { way, secrets } = JSON.parse(process.argv[2]!) as { way: string; secrets: Record<string, string> };

const ports = {
  vault: {
    get: async () => JSON.stringify({ host: 'old.example.jp', password: secrets.password }),
    put: async () => {},
  },
  records: {
    load: async () =>
      newCase('C-1', { tasks: [openTask('consent', '2027-01-01', { token: secrets.task! })] }),
  },
  linkKey: Buffer.from(secrets.linkKey!, 'hex'),
} as unknown as Ports;

const everyForm = (secret: string) =>
  [
    secret,
    Buffer.from(secret).toString('base64'),
    Buffer.from(`user:${secret}@host`).toString('base64'),
    Buffer.from(`ab:${secret}`).toString('base64url'),
    Buffer.from(secret).toString('hex'),
    Buffer.from(secret).toString('hex').toUpperCase(),
    encodeURIComponent(secret),
    new URLSearchParams({ password: secret }).toString(),
    JSON.stringify({ password: secret }),
  ].join(' ');

const handler = onLambda(
  async (_, given) => {
    await given.vault.get('C-1', 'source-web');
    await given.vault.put('C-1', 'target-web', secrets.stored!);
    await given.records.load('C-1');
    void given.linkKey;
    const text = `The server said ${Object.values(secrets).map(everyForm).join(' ')}`;
    if (way === 'ours') throw new TerminalError(text);
    if (way === 'a library')
      throw Object.assign(new Error(text, { cause: new Error(text) }), { command: text, code: text });
    if (way === 'a cause') throw new TransientError('The source did not answer.', { cause: new Error(text) });
    if (way === 'a name') throw Object.assign(new Error('x'), { name: `Error ${text}` });
    throw text;
  },
  async () => ports,
);

const event = { caseId: 'C-1', taskToken: secrets.token, deep: [{ sourcePassword: secrets.field }] };
try {
  await handler(event, { getRemainingTimeInMillis: () => 60_000, awsRequestId: 'request-1' } as never);
} catch (error) {
  console.error('Invoke Error', describe(error));
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause, ...properties } = error as Error & { cause?: unknown };
  return [error.name, error.message, error.stack, JSON.stringify(properties), cause && describe(cause)].join(
    '\n',
  );
}
