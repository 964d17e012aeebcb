import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** What becomes of one connection, counted in bytes that came from the server. */
export interface Fault {
  after: number;
  /** `close`: an orderly end. `reset`: RST. `stall`: silence. `truncate`: the rest is dropped, then an end. */
  how: 'close' | 'reset' | 'stall' | 'truncate';
}

export interface FaultyProxy {
  port: number;
  /** So far. */
  connections: number;
  faults: number;
  stop(): Promise<void>;
}

/** A TCP proxy on loopback; `faultOf` says what the n-th connection (from 0) will suffer, undefined for nothing. Without a port, any. */
export async function startFaultyProxy(
  to: { host: string; port: number },
  faultOf: (connection: number) => Fault | undefined,
  port = 0,
): Promise<FaultyProxy> {
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (client) => {
    const fault = faultOf(proxy.connections);
    proxy.connections += 1;
    const upstream = connect({ ...to, noDelay: true });
    let bytes = 0;
    let broken = false;
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => {
        sockets.delete(socket);
        if (fault?.how === 'stall' && broken) return;
        (socket === client ? upstream : client).destroy();
      });
    }
    client.on('data', (piece) => {
      if (!broken && !upstream.write(piece)) pauseUntilDrained(client, upstream);
    });
    upstream.on('data', (piece: Buffer) => {
      if (broken) return;
      bytes += piece.length;
      if (!fault || bytes < fault.after) {
        if (!client.write(piece)) pauseUntilDrained(upstream, client);
        return;
      }
      broken = true;
      proxy.faults += 1;
      const rest = piece.subarray(0, piece.length - (bytes - fault.after));
      if (fault.how === 'reset') client.resetAndDestroy();
      else if (fault.how === 'close') client.destroy();
      else if (fault.how === 'truncate') client.end(rest);
    });
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const proxy: FaultyProxy = {
    port: (server.address() as AddressInfo).port,
    connections: 0,
    faults: 0,
    stop: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
  return proxy;
}

function pauseUntilDrained(from: Socket, to: Socket): void {
  from.pause();
  to.once('drain', () => from.resume());
}
