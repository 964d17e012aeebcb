import { Logger } from '@aws-lambda-powertools/logger';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import type { Ports } from '../case/ports.ts';
import { failureOf } from './failure.ts';
import { Redaction } from './redaction.ts';
import { watched } from './watched.ts';

/** Left to the end of a step: to save a cursor and to answer. Milliseconds. */
const margin = 5_000;

const logger = new Logger();

/** The SDK is loaded by the first invocation: importing a handler, as the local product and the tests do, is cheap. */
async function portsOfAws(): Promise<Ports> {
  const { awsPorts } = await import('./ports.ts');
  return awsPorts();
}

/**
 * A Lambda handler around `step`. The log has the request and the case, never the event, the result or a secret; what
 * `step` throws goes on under its own name, without anything that could hold a secret (failure.ts).
 */
export function onLambda<Result>(
  step: (event: unknown, ports: Ports) => Promise<Result>,
  open: () => Promise<Ports> = portsOfAws,
): (event: unknown, context: Context) => Promise<Result> {
  const run = async (event: unknown, context: Context): Promise<Result> => {
    const redaction = new Redaction();
    redaction.addFrom(event);
    const caseId = (event as { caseId?: unknown } | null)?.caseId;
    if (typeof caseId === 'string' && /^[A-Za-z0-9-]{1,64}$/.test(caseId)) logger.appendKeys({ caseId });
    try {
      const remaining = () => Math.max(0, context.getRemainingTimeInMillis() - margin);
      return await step(event, watched(await open(), redaction, remaining));
    } catch (error) {
      const failure = failureOf(error, redaction);
      logger.error('The step failed', {
        failure: { name: failure.name, message: failure.message, stack: failure.stack },
      });
      throw failure;
    }
  };
  const handler = middy<unknown, Result>({ timeoutEarlyInMillis: 0 })
    .use(injectLambdaContext(logger, { logEvent: false, resetKeys: true }))
    .handler(run);
  return (event, context) => handler(event, context);
}
