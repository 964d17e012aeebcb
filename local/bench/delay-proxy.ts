import type { Socket } from 'node:net';
import { connect, createServer } from 'node:net';

/** A port on loopback that leads to another one, with half a round trip of delay in each direction. */
export async function startDelayProxy(
  port: number,
  roundTripMs: number,
): Promise<{ port: number; stop(): void }> {
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(port, '127.0.0.1');
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(from);
      from.setNoDelay(true);
      from.on('data', (data) => {
        setTimeout(() => to.writable && to.write(data), roundTripMs / 2);
        // What is on its way is bounded, as on a real line.
        if (to.writableLength > 8 * 1024 * 1024) {
          from.pause();
          to.once('drain', () => from.resume());
        }
      });
      from.on('end', () => setTimeout(() => to.end(), roundTripMs / 2));
      from.on('error', () => to.destroy());
      from.on('close', () => sockets.delete(from));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    port: typeof address === 'object' && address ? address.port : 0,
    stop: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
