import { connect, createServer, type Socket } from 'node:net';

/** How a server answers one connection too many. */
export const refusals = {
  limit: '* BYE [LIMIT] Too many connections\r\n',
  unavailable: '* BYE [UNAVAILABLE] Maximum number of connections exceeded\r\n',
  goodbye: '* BYE Not now\r\n',
  nothing: '',
};

/** A port that leads to another one, for `most` connections at a time (it may change); further ones are answered with `words` and closed. */
export async function startLimitedServer(
  port: number,
  limit: { most: number; words: string },
): Promise<{ port: number; served(): number; refused(): number; open(): number; stop(): void }> {
  const sockets = new Set<Socket>();
  let open = 0;
  let served = 0;
  let refused = 0;
  const server = createServer({ noDelay: true }, (client) => {
    sockets.add(client);
    client.on('error', () => {});
    if (open >= limit.most) {
      refused++;
      client.end(limit.words);
      return;
    }
    open++;
    served++;
    const upstream = connect({ host: '127.0.0.1', port, noDelay: true });
    sockets.add(upstream);
    upstream.on('error', () => {});
    upstream.pipe(client);
    client.pipe(upstream);
    upstream.on('close', () => client.destroy());
    client.on('close', () => {
      open--;
      upstream.destroy();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    port: typeof address === 'object' && address ? address.port : 0,
    served: () => served,
    refused: () => refused,
    open: () => open,
    stop: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
