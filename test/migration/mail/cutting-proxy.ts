import { connect, createServer, type Socket } from 'node:net';

export interface Cuts {
  /** Bytes after which the n-th connection is reset, in each direction; undefined: never. */
  fromServer?: (connection: number) => number | undefined;
  toServer?: (connection: number) => number | undefined;
  /** What the server sends may be changed on its way. */
  alter?: (data: Buffer) => Buffer;
  /** Is shown what the client sends. */
  note?: (data: Buffer) => void;
}

/** A port on loopback that leads to another one and breaks connections as it is told. */
export async function startCuttingProxy(
  port: number,
  cuts: Cuts,
): Promise<{ port: number; connections(): number; cut(): number; stop(): void }> {
  const sockets = new Set<Socket>();
  let connections = 0;
  let cutCount = 0;
  const server = createServer({ noDelay: true }, (client) => {
    const number = connections++;
    const upstream = connect({ host: '127.0.0.1', port, noDelay: true });
    const reset = () => {
      cutCount++;
      client.resetAndDestroy();
      upstream.resetAndDestroy();
    };
    forward(upstream, client, cuts.fromServer?.(number), reset, cuts.alter);
    forward(client, upstream, cuts.toServer?.(number), reset, (data) => {
      cuts.note?.(data);
      return data;
    });
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('close', () => {
        sockets.delete(socket);
        (socket === client ? upstream : client).destroy();
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    port: typeof address === 'object' && address ? address.port : 0,
    connections: () => connections,
    cut: () => cutCount,
    stop: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

function forward(
  from: Socket,
  to: Socket,
  cutAfter: number | undefined,
  reset: () => void,
  alter: (data: Buffer) => Buffer = (data) => data,
): void {
  let left = cutAfter ?? Number.POSITIVE_INFINITY;
  from.on('error', () => {});
  from.on('data', (data) => {
    const sent = alter(data).subarray(0, left);
    left -= data.length;
    if (left > 0) {
      if (!to.write(sent)) {
        from.pause();
        to.once('drain', () => from.resume());
      }
      return;
    }
    // The last bytes go out before the reset, so that half a message or half an answer really arrives.
    from.pause();
    to.write(sent, () => setTimeout(reset, 2));
  });
}
