import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/**
 * What becomes of one connection after so many bytes, in whichever direction. `close`: an orderly end to both sides, the
 * rest dropped: half a file looks whole. `reset`: RST. `stall`: silence.
 */
export interface FtpFault {
  after: number;
  how: 'close' | 'reset' | 'stall';
}

export interface FtpFaults {
  /** Of the n-th connection, from 0; undefined for nothing. */
  control?: (connection: number) => FtpFault | undefined;
  data?: (connection: number) => FtpFault | undefined;
}

export interface FtpProxy {
  port: number;
  /** So far. */
  faults: { control: number; data: number };
  connections: { control: number; data: number };
  stop(): Promise<void>;
}

/** A proxy on loopback for plain FTP: data connections go through it too, because it puts ports of its own into EPSV. */
export async function startFtpProxy(
  to: { host: string; port: number },
  faults: FtpFaults,
): Promise<FtpProxy> {
  const sockets = new Set<Socket>();
  const listeners = new Set<Server>();
  const proxy = { faults: { control: 0, data: 0 }, connections: { control: 0, data: 0 } };

  const relay = (
    client: Socket,
    port: number,
    kind: 'control' | 'data',
    rewritten: (piece: Buffer) => Promise<Buffer> | Buffer,
  ) => {
    const fault = faults[kind]?.(proxy.connections[kind]);
    proxy.connections[kind] += 1;
    const upstream = connect({ host: to.host, port, noDelay: true, allowHalfOpen: true });
    let bytes = 0;
    let broken = false;
    const carry = (from: Socket, into: Socket, change: (piece: Buffer) => Promise<Buffer> | Buffer) => {
      let order: Promise<unknown> = Promise.resolve();
      sockets.add(from);
      from.on('error', () => from.destroy());
      from.on('close', () => {
        sockets.delete(from);
        if (!broken) into.destroy();
      });
      from.on('end', () => {
        order = order.then(() => broken || into.end());
      });
      from.on('data', (piece: Buffer) => {
        if (broken) return;
        bytes += piece.length;
        const over = fault ? bytes - fault.after : 0;
        if (!fault || over < 0) {
          from.pause();
          order = order
            .then(() => change(piece))
            .then((text) => into.write(text, () => from.resume()))
            .catch(() => from.destroy());
          return;
        }
        broken = true;
        proxy.faults[kind] += 1;
        if (fault.how === 'stall') return;
        if (fault.how === 'close') into.write(piece.subarray(0, piece.length - over));
        for (const socket of [client, upstream]) {
          if (fault.how === 'reset') socket.resetAndDestroy();
          else socket.end();
        }
      });
    };
    carry(client, upstream, (piece) => piece);
    carry(upstream, client, rewritten);
  };

  /** A listener for one data connection. */
  const passive = (port: number): Promise<number> =>
    listening((client, listener) => {
      listener.close();
      relay(client, port, 'data', (piece) => piece);
    });

  const listening = async (take: (client: Socket, listener: Server) => void): Promise<number> => {
    const listener = createServer({ noDelay: true, allowHalfOpen: true }, (client) => take(client, listener));
    listeners.add(listener);
    listener.on('close', () => listeners.delete(listener));
    await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
    return (listener.address() as AddressInfo).port;
  };

  const port = await listening((client) => {
    relay(client, to.port, 'control', async (piece) => {
      const text = piece.toString('latin1');
      const told = /\(\|\|\|(\d+)\|\)/.exec(text)?.[1];
      if (told === undefined) return piece;
      const own = await passive(Number(told));
      return Buffer.from(text.replace(`(|||${told}|)`, `(|||${own}|)`), 'latin1');
    });
  });
  return {
    ...proxy,
    port,
    async stop() {
      for (const socket of sockets) socket.destroy();
      await Promise.all([...listeners].map((one) => new Promise((resolve) => one.close(resolve))));
    },
  };
}
