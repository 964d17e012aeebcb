import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

export interface ByteRateProxy {
  port: number;
  /** Bytes that have passed so far, both ways, over all connections. */
  passed(): number;
  stop(): Promise<void>;
}

/** Stands before a server on loopback and lets so many bytes a second pass each way: time for something to happen in. */
export async function startByteRateProxy(to: number, bytesPerSecond: number): Promise<ByteRateProxy> {
  let passed = 0;
  const sockets = new Set<Socket>();
  const pass = async (from: Socket, into: Socket) => {
    try {
      for await (const chunk of from) {
        const bytes = (chunk as Buffer).length;
        await pause((bytes / bytesPerSecond) * 1000);
        passed += bytes;
        if (!into.write(chunk))
          await new Promise((resolve) => into.once('drain', resolve).once('close', resolve));
      }
    } catch {
      // One end is gone: so is the other.
    }
    from.destroy();
    into.destroy();
  };
  const server = createServer((client) => {
    const upstream = connect(to, '127.0.0.1');
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => sockets.delete(socket));
    }
    void pass(client, upstream);
    void pass(upstream, client);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    passed: () => passed,
    stop: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}
