import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import { Hono } from 'hono';
import type { OpenTree } from '../functions/migration/web/open-pinned.ts';
import { openWebTree } from '../functions/migration/web/open-web-tree.ts';
import { securityHeaders } from '../functions/pages/security-headers.ts';
import { consoleApp } from '../functions/web/console-app.ts';
import { customerApp } from '../functions/web/customer-app.ts';
import { addressHeader, withManners } from '../functions/web/respond.ts';
import { chosenRole } from './identity.ts';
import { mailboxApp } from './mailbox-app.ts';
import type { Product } from './product.ts';

/** All pages of the product under one address. `open` is how servers are reached for a check of the connection. */
export function allPages(product: Product, open: OpenTree = openWebTree): Hono {
  const { ports } = product;
  const app = withManners(new Hono(), ports);
  app.get('/', (context) => context.redirect('/console', 302));
  app.route('/', mailboxApp(product.mailbox, ports.settings));
  const console = consoleApp(ports, chosenRole(ports.settings), open);
  app.all('/console/*', (context) => console.fetch(context.req.raw));
  app.all('/console', (context) => console.fetch(context.req.raw));
  app.all('/sign-in/*', (context) => console.fetch(context.req.raw));
  const customer = customerApp(ports);
  app.all('*', (context) => customer.fetch(context.req.raw));
  return app;
}

export interface Serving {
  address: string;
  close(): Promise<void>;
}

/**
 * Serves on loopback only: whoever chooses a role needs no password. `Host` must be a loopback name too, so that a page
 * elsewhere cannot reach the console by pointing its own name at this machine (DNS rebinding).
 */
export async function serve(product: Product, port: number): Promise<Serving> {
  const app = allPages(product);
  const server = createAdaptorServer({
    fetch(request, { incoming }) {
      const { hostname } = new URL(request.url);
      if (!['127.0.0.1', 'localhost'].includes(hostname))
        return new Response('not here', { status: 421, headers: securityHeaders });
      const headers = new Headers(request.headers);
      headers.set(addressHeader, incoming.socket.remoteAddress ?? '');
      return app.fetch(new Request(request, { headers }));
    },
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => new Promise((resolve) => void server.close(() => resolve())),
  };
}
