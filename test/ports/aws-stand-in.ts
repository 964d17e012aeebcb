import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * Stands in for services that have no emulator here: SES (SendRawEmail), Secrets Manager, EventBridge (PutEvents) and Step
 * Functions (StartExecution, SendTaskSuccess). It speaks their wire protocols, so that the real SDK clients are tested with
 * everything that they do to a request, and answers as the API references say; only the calls that the ports use are there.
 * An unknown call is an error.
 */
export type Answer = { status?: number; body: Record<string, unknown> };
export type Call = (input: Record<string, unknown>) => Answer;

export const failure = (name: string, message = name): Answer => ({
  status: 400,
  body: { __type: name, message },
});

/** `calls` by the last part of `X-Amz-Target` (JSON protocols) or by `Action` (SES's query protocol). */
export async function startStandIn(calls: Record<string, Call>) {
  const server = createServer((incoming, outgoing) => {
    answer(incoming, outgoing, calls).catch((error: Error) => outgoing.destroy(error));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const connection = {
    endpoint: `http://127.0.0.1:${port}`,
    region: 'ap-northeast-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  };
  const stop = async () => {
    server.closeAllConnections();
    server.close();
  };
  return { connection, stop };
}

async function answer(incoming: IncomingMessage, outgoing: ServerResponse, calls: Record<string, Call>) {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString();
  const target = incoming.headers['x-amz-target'];
  const query = new URLSearchParams(target ? '' : text);
  const name = target ? String(target).split('.').at(-1)! : (query.get('Action') ?? '');
  const call = calls[name];
  if (!call) throw new Error(`The stand-in does not know ${name}.`);
  const { status = 200, body } = call(
    target ? (JSON.parse(text) as Record<string, unknown>) : fromQuery(query),
  );
  if (target) {
    outgoing.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(body));
    return;
  }
  outgoing
    .writeHead(status, { 'content-type': 'text/xml' })
    .end(
      status === 200
        ? `<${name}Response><${name}Result><MessageId>1</MessageId></${name}Result></${name}Response>`
        : `<ErrorResponse><Error><Type>Sender</Type><Code>${body.__type}</Code><Message>${body.message}</Message></Error></ErrorResponse>`,
    );
}

/** `Destinations.member.1=…` is a list. */
function fromQuery(query: URLSearchParams): Record<string, unknown> {
  const input: Record<string, unknown> = {};
  for (const [name, value] of query) {
    const list = /^(.+)\.member\.\d+$/.exec(name)?.[1];
    if (list) input[list] = [...((input[list] as string[] | undefined) ?? []), value];
    else input[name] = value;
  }
  return input;
}
