import { ReadableStream } from 'node:stream/web';
import type { Context, Env, Hono } from 'hono';
import type { Ports } from '../case/ports.ts';
import { consolePaths } from '../pages/console/shell.ts';
import { type ErrorStatus, errorPage } from '../pages/error-pages.ts';
import { securityHeaders } from '../pages/security-headers.ts';
import { siteOf } from '../pages/site.ts';
import { RefusedRequest } from './posted-form.ts';

/** Set by the server that took the request, over whatever the client sent: lambda and local/serve.ts. */
export const addressHeader = 'x-hikkoshi-address';

export function sourceAddress(request: Request): string | undefined {
  return request.headers.get(addressHeader) ?? undefined;
}

/** Security headers on every answer, a page for every refusal, and no detail of an error on any. */
export function withManners<E extends Env>(app: Hono<E>, ports: Ports): Hono<E> {
  const site = siteOf(ports.settings);
  app.use(async (context, next) => {
    await next();
    for (const [name, value] of Object.entries(securityHeaders)) {
      if (!context.res.headers.has(name)) context.res.headers.set(name, value);
    }
  });
  const home = (context: Context) =>
    /^\/console(\/|$)/.test(context.req.path) ? { home: consolePaths.cases } : {};
  app.notFound((context) => context.html(errorPage(site, 404, home(context)), 404));
  app.onError((error, context) => {
    const status: ErrorStatus = error instanceof RefusedRequest ? error.status : 500;
    if (status !== 500) return context.html(errorPage(site, status, home(context)), status);
    const incident = Buffer.from(ports.random.bytes(4)).toString('hex');
    // The name only: a message may hold what was typed.
    console.error(JSON.stringify({ incident, error: error.name, at: error.stack?.split('\n')[1]?.trim() }));
    return context.html(errorPage(site, 500, { incident, ...home(context) }), 500);
  });
  return app;
}

export function pdfResponse(context: Context, content: Uint8Array, name: string): Response {
  return context.body(new Uint8Array(content), 200, {
    'content-type': 'application/pdf',
    'content-disposition': `attachment; filename="${name}.pdf"`,
  });
}

/** What a download is saved as, by the end of its name. */
const downloadTypes = { csv: 'text/csv; charset=utf-8', ndjson: 'application/x-ndjson' };

/**
 * A record of any length, as it is read. Packed for whoever takes it so: Lambda's answers end at 6 MB, and lists of names
 * pack well.
 */
export function downloadResponse(
  context: Context,
  name: string,
  type: keyof typeof downloadTypes,
  source: AsyncIterable<Uint8Array>,
): Response {
  const plain = ReadableStream.from(source) as globalThis.ReadableStream<Uint8Array<ArrayBuffer>>;
  const packed = /\bgzip\b/.test(context.req.header('accept-encoding') ?? '');
  return context.body(packed ? plain.pipeThrough(new CompressionStream('gzip')) : plain, 200, {
    'content-type': downloadTypes[type],
    'content-disposition': `attachment; filename="${name}.${type}"`,
    ...(packed && { 'content-encoding': 'gzip' }),
  });
}
