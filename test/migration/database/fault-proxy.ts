import { connect, createServer, type Server, type Socket } from 'node:net';

/** What becomes of a connection once `after` bytes have come from the server. */
export interface Fault {
  kind: 'reset' | 'close' | 'stall' | 'flip';
  after: number;
}

export interface FaultProxy {
  port: number;
  /** The faults of the connections to come, one each; without one a connection is left alone. */
  faults: (Fault | undefined)[];
  connections(): number;
  stop(): Promise<void>;
}

/** A TCP proxy on loopback that does to a connection what networks do. */
export async function startFaultProxy(port: number): Promise<FaultProxy> {
  const faults: (Fault | undefined)[] = [];
  const sockets = new Set<Socket>();
  let count = 0;
  const server: Server = createServer((client) => {
    count++;
    const fault = faults.shift();
    const upstream = connect({ port, host: '127.0.0.1' });
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    client.pipe(upstream);
    relay(upstream, client, fault);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port: own } = server.address() as { port: number };
  return {
    port: own,
    faults,
    connections: () => count,
    async stop() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function relay(upstream: Socket, client: Socket, fault: Fault | undefined): void {
  let bytes = 0;
  let flipped = false;
  upstream.on('data', (piece) => {
    const before = bytes;
    bytes += piece.length;
    if (fault && bytes > fault.after && !flipped) {
      const at = fault.after - before;
      if (fault.kind === 'flip') {
        flipped = true;
        piece[at] = piece[at]! ^ 0x01;
      } else {
        client.write(piece.subarray(0, at));
        if (fault.kind === 'reset') client.resetAndDestroy();
        else if (fault.kind === 'close') client.end();
        upstream.removeAllListeners('data');
        upstream.pause();
        return;
      }
    }
    if (!client.write(piece)) upstream.pause();
  });
  client.on('drain', () => upstream.resume());
}
