import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { Env, Hono } from 'hono';
import { handle, type LambdaEvent } from 'hono/aws-lambda';
import * as z from 'zod';
import { addressHeader } from './respond.ts';

const event = z.looseObject({
  version: z.literal('2.0'),
  headers: z.record(z.string(), z.string().optional()),
  requestContext: z.looseObject({ http: z.looseObject({ sourceIp: z.string() }) }),
});

/** An HTTP API's event answered by pages; who asks is what API Gateway saw, not what the client said. */
export async function answerRequest<E extends Env>(
  received: unknown,
  app: Hono<E>,
): Promise<APIGatewayProxyStructuredResultV2> {
  const parsed = event.parse(received);
  const headers = { ...parsed.headers, [addressHeader]: parsed.requestContext.http.sourceIp };
  const answer = await handle(app)({ ...parsed, headers } as unknown as LambdaEvent);
  return answer as APIGatewayProxyStructuredResultV2;
}
