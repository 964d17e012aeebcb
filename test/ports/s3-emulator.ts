import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { S3Client } from '@aws-sdk/client-s3';
import { buildApp } from 'fauxqs';
import { Versions } from './s3-versions.ts';

/**
 * S3 for the tests: fauxqs, and in front of it what fauxqs 2.4 lacks. It knows no versions and no list of uploads, and it
 * lists in the order of a locale instead of bytes; these answers are made here (s3-versions.ts), in pages of a few entries so
 * that every continuation is taken. Objects, ranges, checksums and multipart uploads are fauxqs's own.
 */
export async function startS3() {
  const fauxqs = buildApp({ logger: false });
  await fauxqs.listen({ port: 0, host: '127.0.0.1' });
  const { port: behind } = fauxqs.server.address() as AddressInfo;
  const versions = new Versions();
  const front = createServer((incoming, outgoing) => {
    serve(incoming, outgoing).catch((error: Error) => outgoing.writeHead(500).end(String(error)));
  });
  front.listen(0, '127.0.0.1');
  await once(front, 'listening');

  async function forward(
    method: string,
    path: string,
    headers: IncomingMessage['headers'],
    body: IncomingMessage | null,
  ) {
    const sent = request({ host: '127.0.0.1', port: behind, method, path, headers });
    if (body) body.pipe(sent);
    else sent.end();
    const [answer] = (await once(sent, 'response')) as [IncomingMessage];
    return answer;
  }

  async function serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    // `Expect` was answered by this server.
    const {
      method = 'GET',
      url = '/',
      headers: { expect: _, ...headers },
    } = incoming;
    const { pathname, searchParams: query } = new URL(url, 'http://s3');
    const [bucket = '', ...segments] = pathname.slice(1).split('/').map(decodeURIComponent);
    const key = segments.join('/');
    const xml = (text: string) => outgoing.writeHead(200, { 'content-type': 'application/xml' }).end(text);

    if (method === 'GET' && !key && query.has('versions'))
      return void xml(versions.listVersions(bucket, query));
    if (method === 'GET' && !key && query.has('uploads'))
      return void xml(versions.listUploads(bucket, query));
    if (method === 'GET' && !key && query.has('list-type'))
      return void xml(versions.listObjects(bucket, query));
    if (method === 'POST' && !key && query.has('delete')) {
      for (const gone of versions.deleteAsAsked(bucket, await textOf(incoming))) {
        const path = `/${bucket}/${gone.split('/').map(encodeURIComponent).join('/')}`;
        (await forward('DELETE', path, {}, null)).resume();
      }
      return void xml('<DeleteResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"></DeleteResult>');
    }

    const answer = await forward(method, url, headers, incoming);
    if (answer.statusCode === 200) {
      const uploadId = query.get('uploadId');
      if (method === 'POST' && query.has('uploads')) {
        const text = await textOf(answer);
        versions.begin(bucket, key, /<UploadId>(.*?)<\/UploadId>/.exec(text)![1]!);
        return void xml(text);
      }
      const stored = (method === 'PUT' && key && !uploadId) || (method === 'POST' && uploadId);
      if (stored) {
        const head = await forward('HEAD', pathname, {}, null);
        head.resume();
        versions.add(bucket, key, Number(head.headers['content-length']), uploadId);
      }
    }
    if (method === 'DELETE' && query.has('uploadId')) versions.abort(query.get('uploadId')!);
    outgoing.writeHead(answer.statusCode!, answer.headers);
    answer.pipe(outgoing);
  }

  const { port } = front.address() as AddressInfo;
  const client = new S3Client({
    endpoint: `http://127.0.0.1:${port}`,
    region: 'ap-northeast-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    forcePathStyle: true,
    maxAttempts: 1,
  });
  const stop = async () => {
    client.destroy();
    front.closeAllConnections();
    front.close();
    await fauxqs.close();
  };
  return { client, versions, stop };
}

async function textOf(message: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
